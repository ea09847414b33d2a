import { parseArgs } from 'node:util';

export type DatabaseName = 'sqlite' | 'postgres';

export interface BenchOptions {
  /** How many requests one round of a measurement sends. */
  readonly requests: number;
  readonly databases: readonly DatabaseName[];
  readonly isProfiled: boolean;
}

/** A call that is not understood; the message says which part of it. */
export class UsageError extends Error {}

const requestsDefault = 2_000;
const requestsMax = 100_000;
const databaseNames: readonly DatabaseName[] = ['sqlite', 'postgres'];

export const usage = `Measures a running server on this machine, on SQLite and on PostgreSQL, and prints a table for each.

Usage: npm run bench -- [options]

  --requests <n>     requests of each round, 1 to ${requestsMax} (default ${requestsDefault})
  --database <name>  sqlite or postgres (default: one after the other)
  --profile          also print where the server's time goes
  --help             this text
`;

/**
 * Reads the command line.
 * @returns undefined when help is asked for
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { help, requests, database, profile } = readArguments(args);
  if (help === true) return undefined;
  return {
    requests: requests === undefined ? requestsDefault : parseRequests(requests),
    databases: database === undefined ? databaseNames : [parseDatabase(database)],
    isProfiled: profile === true,
  };
}

function readArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        requests: { type: 'string' },
        database: { type: 'string' },
        profile: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseRequests(text: string): number {
  const requests = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (requests >= 1 && requests <= requestsMax) return requests;
  throw new UsageError(`--requests must be a whole number from 1 to ${requestsMax}.`);
}

function parseDatabase(text: string): DatabaseName {
  const name = databaseNames.find((known) => known === text);
  if (name !== undefined) return name;
  throw new UsageError(`--database must be ${databaseNames.join(' or ')}.`);
}
