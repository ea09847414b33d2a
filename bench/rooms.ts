import { NestFactory } from '@nestjs/core';
import { AppModule } from '../src/app.module.js';
import { toConfiguration } from '../src/config/read-configuration.js';

/** The server's rooms without its door, in this process: what the store is filled through. */
export type Rooms = Awaited<ReturnType<typeof NestFactory.createApplicationContext>>;

/** Does the work in rooms on the run's database, as the same installation as the server, which must be stopped. */
export async function inRooms<Result>(
  folder: string,
  databaseEnvironment: Readonly<Record<string, string>>,
  work: (rooms: Rooms) => Promise<Result>,
): Promise<Result> {
  const configuration = toConfiguration({ ROLLCALL_DATA_DIR: folder, ...databaseEnvironment });
  const rooms = await NestFactory.createApplicationContext(AppModule.of(configuration), {
    logger: ['warn', 'error'],
    abortOnError: false,
  });
  try {
    return await work(rooms);
  } finally {
    await rooms.close();
  }
}
