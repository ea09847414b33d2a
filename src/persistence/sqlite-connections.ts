import { dirname } from 'node:path';
import { makeFolder } from '../config/make-folder.js';
import { databaseUnavailable } from './database-error.js';
import { LookUps } from './look-ups.js';
import { scanBudgetMs } from './scan-budget.js';
import { SqliteConnection, type SqliteResult } from './sqlite-connection.js';
import { SqliteGroup } from './sqlite-group.js';
import { isBusy, patiently } from './sqlite-patience.js';
import { statementKind } from './statement-kind.js';
import { busyWaitMs, WaitingLine } from './waiting-line.js';

/**
 * How the file is used. `writerWaitMs` is how long one may wait for one's turn to write, `scanBudgetMs` how long a query
 * may take that no index serves.
 */
export interface SqliteSettings {
  readonly file: string;
  readonly synchronous: 'full' | 'normal';
  readonly writerWaitMs?: number;
  readonly scanBudgetMs?: number;
}

const inMemory = ':memory:';

const readersBeside = 2;

/** How long SQLite waits for another process that writes. It waits in a thread, so it must not be for long. */
export const busyTimeoutMs = 1_500;

/** Processes that start together all turn write-ahead logging on, and only one can at a time. */
const openingPatienceMs = 15_000;

const cacheKib = 16_384;
/** A scan reads nearly every page once. */
const scanCacheKib = 4_096;
/** How many changed pages the log takes before they move into the file, each once, however often it changed. */
const logPages = 4_000;
/** A log that a long read has made large is cut back to this. */
const logBytesKept = 67_108_864;

/**
 * The connections to one SQLite file: one that writes, lent to one transaction at a time, and three that read
 * what is committed, of which one is for the queries that no index serves. A database in memory has one connection
 * only, and its reads wait for their turn too, or they would see what is not yet committed.
 */
export class SqliteConnections {
  /** The transactions on the writing connection. */
  readonly group: SqliteGroup;
  /** For reads that are quick and outside of every transaction. */
  readonly lookUps: LookUps;

  private readonly writerLine: WaitingLine<SqliteConnection>;
  private readonly readerLine: WaitingLine<SqliteConnection>;
  private readonly scanLine: WaitingLine<SqliteConnection>;
  private readonly scanBudgetMs: number;

  /** A database in memory has the writer alone. */
  private constructor(
    private readonly writer: SqliteConnection,
    private readonly readers: readonly SqliteConnection[],
    private readonly scanners: readonly SqliteConnection[],
    settings: SqliteSettings,
  ) {
    this.writerLine = new WaitingLine([writer], settings.writerWaitMs ?? busyWaitMs);
    this.readerLine = this.lineOf(readers);
    this.scanLine = this.lineOf(scanners);
    this.scanBudgetMs = settings.scanBudgetMs ?? scanBudgetMs;
    this.group = new SqliteGroup(writer, () => this.writerLine.isWanted);
    this.lookUps = new LookUps('sqlite', (work) =>
      this.lend(this.readerLine, (connection) =>
        work(async ({ text, values }) => {
          const { rows } = await connection.all(text, values);
          return rows;
        }),
      ),
    );
  }

  static async open(settings: SqliteSettings): Promise<SqliteConnections> {
    if (settings.file !== inMemory) makeFolder(dirname(settings.file));
    const writer = await openWriter(settings);
    if (settings.file === inMemory) return new SqliteConnections(writer, [], [], settings);
    const readers = await Promise.all(
      Array.from({ length: readersBeside }, () => openReader(settings.file, cacheKib)),
    );
    const scanner = await openReader(settings.file, scanCacheKib);
    return new SqliteConnections(writer, readers, [scanner], settings);
  }

  /** The writing connection, for a transaction; to be given back at its end. */
  borrowWriter(): Promise<SqliteConnection> {
    return this.writerLine.borrow();
  }

  giveBackWriter(writer: SqliteConnection): void {
    this.writerLine.giveBack(writer);
  }

  /**
   * To be told before the writer is given back, when it could not write. Another process holds the file: those who
   * waited behind this one have waited as long, and would each wait once more, one after the other.
   */
  tellWriteFailure(error: unknown): void {
    if (isBusy(error)) this.writerLine.refuseAll(databaseUnavailable(error));
  }

  /** Runs one statement outside of every transaction. */
  perform(text: string, values: readonly unknown[]): Promise<SqliteResult> {
    if (statementKind(text).isRead)
      return this.lend(this.readerLine, (connection) => performOn(connection, text, values));
    return this.lend(this.writerLine, async (connection) => {
      try {
        return await performOn(connection, text, values);
      } catch (error) {
        this.tellWriteFailure(error);
        throw error;
      }
    });
  }

  /**
   * Runs a query that no index serves, for as long as the budget allows: in the transaction that holds the writer, else
   * outside of every transaction, where no other read waits for it.
   */
  scan(
    text: string,
    values: readonly unknown[],
    writer: SqliteConnection | undefined,
  ): Promise<SqliteResult> {
    const perform = (connection: SqliteConnection) =>
      connection.allWithin(this.scanBudgetMs, text, values);
    return writer ? perform(writer) : this.lend(this.scanLine, perform);
  }

  /** Waits for what is under way, moves the log into the file and lets go of it. */
  async close(): Promise<void> {
    const lines = new Set([this.readerLine, this.scanLine, this.writerLine]);
    await Promise.all([...lines].map((line) => line.close()));
    for (const connection of [...this.readers, ...this.scanners, this.writer])
      await connection.close();
  }

  private lineOf(connections: readonly SqliteConnection[]): WaitingLine<SqliteConnection> {
    return connections.length === 0 ? this.writerLine : new WaitingLine(connections, busyWaitMs);
  }

  /** Lends a connection for one statement outside of every transaction. */
  private lend<Result>(
    line: WaitingLine<SqliteConnection>,
    work: (connection: SqliteConnection) => Promise<Result>,
  ): Promise<Result> {
    return line.lend((connection) =>
      connection === this.writer
        ? this.group.settle().then(() => work(connection))
        : work(connection),
    );
  }
}

export function performOn(
  connection: SqliteConnection,
  text: string,
  values: readonly unknown[],
): Promise<SqliteResult> {
  return statementKind(text).hasRows ? connection.all(text, values) : connection.run(text, values);
}

async function openWriter(settings: SqliteSettings): Promise<SqliteConnection> {
  const writer = await SqliteConnection.open(settings.file);
  await patiently(() => writer.all('pragma journal_mode = wal'), openingPatienceMs);
  await writer.all(`pragma busy_timeout = ${busyTimeoutMs}`);
  await writer.all(`pragma synchronous = ${settings.synchronous}`);
  await writer.all('pragma foreign_keys = on');
  await writer.all(`pragma wal_autocheckpoint = ${logPages}`);
  await writer.all(`pragma journal_size_limit = ${logBytesKept}`);
  await writer.all(`pragma cache_size = -${cacheKib}`);
  // A unit of a group keeps the pages that it changes as they were before: a few dozen.
  await writer.all('pragma temp_store = memory');
  return writer;
}

async function openReader(file: string, cacheKib: number): Promise<SqliteConnection> {
  const reader = await SqliteConnection.open(file);
  await reader.all(`pragma busy_timeout = ${busyTimeoutMs}`);
  await reader.all('pragma query_only = on');
  await reader.all(`pragma cache_size = -${cacheKib}`);
  return reader;
}
