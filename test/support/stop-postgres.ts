import { rm } from 'node:fs/promises';

/** Stops the PostgreSQL that `start-postgres.ts` started (one that it was given is left alone) and removes the run's files. */
export default async function stopPostgres(): Promise<void> {
  await globalThis.rollcallPostgres?.stop();
  if (process.env.TEST_RUN_FOLDER)
    await rm(process.env.TEST_RUN_FOLDER, { recursive: true, force: true });
}
