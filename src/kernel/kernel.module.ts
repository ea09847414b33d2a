import { Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';

/** The clock, for every room. */
@Global()
@Module({ providers: [Clock], exports: [Clock] })
export class KernelModule {}
