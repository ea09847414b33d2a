import { dirname } from 'node:path';
import { makeFolder } from '../config/make-folder.js';
import { databaseUnavailable } from './database-error.js';
import { SqliteConnection, type SqliteResult } from './sqlite-connection.js';
import { SqliteGroup } from './sqlite-group.js';
import { isBusy, patiently } from './sqlite-patience.js';
import { statementKind } from './statement-kind.js';
import { busyWaitMs, WaitingLine } from './waiting-line.js';

/** How the file is used. `writerWaitMs` is how long one may wait for one's turn to write. */
export interface SqliteSettings {
  readonly file: string;
  readonly synchronous: 'full' | 'normal';
  readonly writerWaitMs?: number;
}

const inMemory = ':memory:';

const readersBeside = 2;

/** How long SQLite waits for another process that writes. It waits in a thread, so it must not be for long. */
export const busyTimeoutMs = 1_500;

/** Processes that start together all turn write-ahead logging on, and only one can at a time. */
const openingPatienceMs = 15_000;

const cacheKib = 16_384;
/** A log that a long read has made large is cut back to this. */
const logBytesKept = 67_108_864;

/**
 * The connections to one SQLite file: one that writes, lent to one transaction at a time, and two that read
 * what is committed. A database in memory has one connection only, and its reads wait for their turn too, or
 * they would see what is not yet committed.
 */
export class SqliteConnections {
  /** The transactions on the writing connection. */
  readonly group: SqliteGroup;

  private readonly writerLine: WaitingLine<SqliteConnection>;
  private readonly readerLine: WaitingLine<SqliteConnection>;

  /** @param readers none for a database in memory */
  private constructor(
    private readonly writer: SqliteConnection,
    private readonly readers: readonly SqliteConnection[],
    writerWaitMs: number = busyWaitMs,
  ) {
    this.writerLine = new WaitingLine([writer], writerWaitMs);
    this.readerLine = readers.length === 0 ? this.writerLine : new WaitingLine(readers, busyWaitMs);
    this.group = new SqliteGroup(writer, () => this.writerLine.isWanted);
  }

  static async open(settings: SqliteSettings): Promise<SqliteConnections> {
    if (settings.file !== inMemory) makeFolder(dirname(settings.file));
    const writer = await openWriter(settings);
    const readers = await Promise.all(
      Array.from({ length: settings.file === inMemory ? 0 : readersBeside }, () =>
        openReader(settings.file),
      ),
    );
    return new SqliteConnections(writer, readers, settings.writerWaitMs);
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
    if (statementKind(text).isRead && this.readerLine !== this.writerLine)
      return this.readerLine.lend((connection) => performOn(connection, text, values));
    return this.writerLine.lend(async (connection) => {
      try {
        await this.group.settle();
        return await performOn(connection, text, values);
      } catch (error) {
        this.tellWriteFailure(error);
        throw error;
      }
    });
  }

  /** Waits for what is under way, moves the log into the file and lets go of it. */
  async close(): Promise<void> {
    const lines = new Set([this.readerLine, this.writerLine]);
    await Promise.all([...lines].map((line) => line.close()));
    for (const connection of [...this.readers, this.writer]) await connection.close();
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
  await writer.all(`pragma journal_size_limit = ${logBytesKept}`);
  await writer.all(`pragma cache_size = -${cacheKib}`);
  // A unit of a group keeps the pages that it changes as they were before: a few dozen.
  await writer.all('pragma temp_store = memory');
  return writer;
}

async function openReader(file: string): Promise<SqliteConnection> {
  const reader = await SqliteConnection.open(file);
  await reader.all(`pragma busy_timeout = ${busyTimeoutMs}`);
  await reader.all('pragma query_only = on');
  await reader.all(`pragma cache_size = -${cacheKib}`);
  return reader;
}
