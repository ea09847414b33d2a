/** Stops the PostgreSQL that `start-postgres.ts` started, and removes its files; leaves one that it was given alone. */
export default async function stopPostgres(): Promise<void> {
  await globalThis.rollcallPostgres?.stop();
}
