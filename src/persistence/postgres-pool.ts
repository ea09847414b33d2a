import pg from 'pg';
import type { CustomTypesConfig } from 'pg';
import { DatabasePresence } from './database-presence.js';
import type { PatientPoolConfig } from './patient-pool.js';
import { busyWaitMs } from './waiting-line.js';
import { watchedBy } from './watched-client.js';

const connectionsMax = 20;

/** So many queries that no index serves are run at once; all others have the other connections to themselves. */
const scansMax = 4;

/**
 * The database gone must be told within 2 s, never waited out: a new connection and then each answer have less. The
 * server gives up a little before we do, so that a statement that is only slow ends in order, with its connection
 * whole and its locks let go.
 */
const connectTimeoutMs = 1_500;
const answerTimeoutMs = 1_800;
const statementTimeoutMs = 1_700;

/** A client that vanished in the midst of a transaction holds its locks no longer than this. */
const idleTransactionTimeoutMs = 10_000;

/** Migrations rebuild tables and wait for each other; they are measured in minutes. */
const migrationTimeoutMs = 600_000;

/** How connections are made for requests. The presence is told what is heard from the database, and what is not. */
export function poolSettings(presence: DatabasePresence): PatientPoolConfig {
  return {
    max: connectionsMax,
    busyWaitMs,
    presence,
    pipeline: true,
    Client: watchedBy(presence, { connectMs: connectTimeoutMs, answerMs: answerTimeoutMs }),
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleTransactionTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    types: sameAsSqlite,
  };
}

/** How connections are made for queries that no index serves: each statement on them may take as long as the budget. */
export function scanPoolSettings(presence: DatabasePresence, budgetMs: number): PatientPoolConfig {
  return { ...poolSettings(presence), max: scansMax, statement_timeout: budgetMs };
}

/** How the one connection for migrations is made. */
export function migrationPoolSettings(): PatientPoolConfig {
  return {
    max: 1,
    busyWaitMs: migrationTimeoutMs,
    presence: new DatabasePresence(),
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: migrationTimeoutMs,
    keepAlive: true,
    types: sameAsSqlite,
  };
}

const { builtins } = pg.types;

/**
 * Rows look the same as SQLite's, for TypeORM and for our own statements: bigint and numeric are numbers (ours
 * stay below 2^53: instants, counts, sequences), flags are 1 and 0, and documents are text that its reader parses.
 */
const sameAsSqlite: CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === builtins.INT8 || oid === builtins.NUMERIC) return Number;
    if (oid === builtins.BOOL) return toFlag;
    if (oid === builtins.JSON || oid === builtins.JSONB) return String;
    return pg.types.getTypeParser(oid, format);
  },
};

function toFlag(text: string): number {
  return text === 't' ? 1 : 0;
}
