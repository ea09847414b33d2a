/** A PostgreSQL that a test run started, with nothing in it. */
export interface StartedPostgres {
  /** The administrator's way in. */
  readonly url: string;
  readonly databaseDir: string;
  /** Starts it again after it has ended. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/**
 * Makes and starts a PostgreSQL on a free port of loopback.
 * @param databaseDir not there yet: the server's own user must be able to make it
 * @param settings beside those that every test server has
 */
export function startEmbedded(
  databaseDir: string,
  settings: Readonly<Record<string, string>>,
): Promise<StartedPostgres>;
