import { parseArgs } from 'node:util';

export type DatabaseName = 'sqlite' | 'postgres';

export interface BenchOptions {
  /** How many requests one round of a measurement sends. */
  readonly requests: number;
  readonly databases: readonly DatabaseName[];
  /** How many people are in the largest store. */
  readonly users: number;
  /** Rows whose names have one of these in them, in small letters and with commas between them; empty for all. */
  readonly only: string;
  /** How many requests are under way at a time, of rows that do not say so themselves. */
  readonly atOnce: number;
  readonly isProfiled: boolean;
}

/** A call that is not understood; the message says which part of it. */
export class UsageError extends Error {}

const requestsDefault = 2_000;
const requestsMax = 100_000;
const usersDefault = 1_000;
const atOnceDefault = 16;
const atOnceMax = 256;

/** Fewer would be no pages to list. */
const usersMin = 200;
const usersMax = 1_000_000;
const databaseNames: readonly DatabaseName[] = ['sqlite', 'postgres'];

export const usage = `Measures a running server on this machine, on SQLite and on PostgreSQL, and prints a table for each.

Usage: npm run bench -- [options]

  --users <n>        people in the largest store, ${usersMin} to ${usersMax} (default ${usersDefault}); the stores of 1000 and
                     100000 people that are smaller are measured before it
  --only <text>      only the rows with this in their names, or with one of these: get by id,eq
  --requests <n>     requests of each round, 1 to ${requestsMax} (default ${requestsDefault}); of cheap rows more, of dear ones fewer
  --at-once <n>      requests under way at a time, 1 to ${atOnceMax} (default ${atOnceDefault}): what comes together shares statements,
                     and one that comes alone costs more
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
  const parsed = readArguments(args);
  const { help, requests, database, profile, users, only = '' } = parsed;
  if (help === true) return undefined;
  return {
    requests: parseNumber('requests', requests, { least: 1, most: requestsMax }, requestsDefault),
    users: parseNumber('users', users, { least: usersMin, most: usersMax }, usersDefault),
    only: only.toLowerCase(),
    atOnce: parseNumber('at-once', parsed['at-once'], { least: 1, most: atOnceMax }, atOnceDefault),
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
        users: { type: 'string' },
        only: { type: 'string' },
        'at-once': { type: 'string' },
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

function parseNumber(
  name: string,
  text: string | undefined,
  { least, most }: { readonly least: number; readonly most: number },
  standard: number,
): number {
  if (text === undefined) return standard;
  const number = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${name} must be a whole number from ${least} to ${most}.`);
}

function parseDatabase(text: string): DatabaseName {
  const name = databaseNames.find((known) => known === text);
  if (name !== undefined) return name;
  throw new UsageError(`--database must be ${databaseNames.join(' or ')}.`);
}
