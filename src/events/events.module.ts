import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventRecorder } from './event-recorder.js';
import { EventRepository } from './event.repository.js';
import { EventRow } from './event.row.js';

/** What happened, written in the transaction of the change. */
@Module({
  imports: [TypeOrmModule.forFeature([EventRow])],
  providers: [EventRecorder, EventRepository],
  exports: [EventRecorder],
})
export class EventsModule {}
