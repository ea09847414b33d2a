import { types } from 'node:util';
import {
  QueryFailedError,
  QueryResult,
  QueryRunnerAlreadyReleasedError,
  TransactionNotStartedError,
} from 'typeorm';
import { DomainError } from '../kernel/domain-error.js';
import type { SqliteConnection, SqliteResult } from './sqlite-connection.js';
import { busyTimeoutMs, performOn, type SqliteConnections } from './sqlite-connections.js';
import type { Part } from './sqlite-group.js';
import {
  type AbstractSqliteDriver,
  AbstractSqliteQueryRunner,
  Broadcaster,
} from './typeorm-internals.js';

/** Processes that start together take turns at the migrations, and the last one waits for all others. */
const migrationPatienceMs = 600_000;

/**
 * One caller's view of the database. From the beginning of a transaction to its end it holds the writing connection, so
 * nobody else's statement can come into it; outside of one it holds nothing. What it wrote may be committed together
 * with what others write after it (`SqliteGroup`), and only then is its own commit over.
 * TypeORM's own runner for SQLite is one for all callers: their transactions mix.
 */
export class SqliteQueryRunner extends AbstractSqliteQueryRunner {
  private writer: SqliteConnection | undefined;
  private part: Part | undefined;
  private isMigrating = false;

  constructor(
    override driver: AbstractSqliteDriver,
    private readonly connections: SqliteConnections,
  ) {
    super();
    this.dataSource = driver.dataSource;
    this.broadcaster = new Broadcaster(this);
  }

  /** Runs a statement in the transaction if there is one, else by itself. */
  perform(text: string, values: readonly unknown[] = []): Promise<SqliteResult> {
    return this.logged(text, values, () =>
      this.writer ? performOn(this.writer, text, values) : this.connections.perform(text, values),
    );
  }

  /** Runs a query that no index serves, for as long as its budget allows, and otherwise as `perform` does. */
  scan(text: string, values: readonly unknown[]): Promise<SqliteResult> {
    return this.logged(text, values, () => this.connections.scan(text, values, this.writer));
  }

  private async logged(
    text: string,
    values: readonly unknown[],
    work: () => Promise<SqliteResult>,
  ): Promise<SqliteResult> {
    if (this.isReleased) throw new QueryRunnerAlreadyReleasedError();
    const { logger } = this.dataSource;
    logger.logQuery(text, [...values], this);
    try {
      return await work();
    } catch (error) {
      if (error instanceof DomainError || !types.isNativeError(error)) throw error;
      logger.logQueryError(error, text, [...values], this);
      throw new QueryFailedError(text, [...values], error);
    }
  }

  /** TypeORM's form of it: what it calls raw are the rows, or for a write the number of the row that it added. */
  override async query(
    text: string,
    parameters: readonly unknown[] = [],
    useStructuredResult = false,
  ): Promise<QueryResult['raw']> {
    const result = await this.perform(text, parameters);
    const structured = new QueryResult<unknown>();
    structured.records = [...result.rows];
    structured.raw = result.lastId ?? structured.records;
    structured.affected = result.changes;
    return useStructuredResult ? structured : structured.raw;
  }

  override async startTransaction(): Promise<void> {
    if (this.transactionDepth === 0) await this.begin();
    else await this.perform(`savepoint typeorm_${this.transactionDepth}`);
    this.isTransactionActive = true;
    this.transactionDepth += 1;
  }

  override async commitTransaction(): Promise<void> {
    if (!this.isTransactionActive) throw new TransactionNotStartedError();
    if (this.transactionDepth > 1) {
      await this.perform(`release typeorm_${this.transactionDepth - 1}`);
      this.transactionDepth -= 1;
      return;
    }
    const { group } = this.connections;
    let ended: Awaited<ReturnType<typeof group.end>>;
    try {
      ended = await group.end(this.heldPart());
    } finally {
      this.end();
    }
    await ended.committed;
  }

  override async rollbackTransaction(): Promise<void> {
    if (!this.isTransactionActive) throw new TransactionNotStartedError();
    if (this.transactionDepth > 1) {
      this.transactionDepth -= 1;
      await this.perform(`rollback to typeorm_${this.transactionDepth}`);
      return;
    }
    try {
      await this.connections.group.undo(this.heldPart());
    } finally {
      this.end();
    }
  }

  /** Undoes a transaction that nobody ended: whoever lets go in the midst of one did not mean it to stay. */
  override async release(): Promise<void> {
    if (this.isReleased) return;
    this.isReleased = true;
    try {
      if (this.part !== undefined) await this.connections.group.undo(this.part);
    } finally {
      this.end();
      this.letGo();
      await super.release();
    }
  }

  /** Tables are rebuilt by dropping the old one, which must not cascade; the setting only changes between transactions. */
  override async beforeMigration(): Promise<void> {
    this.writer ??= await this.connections.borrowWriter();
    this.isMigrating = true;
    await this.perform('pragma foreign_keys = off');
    await this.perform('pragma busy_timeout = 0');
  }

  override async afterMigration(): Promise<void> {
    await this.perform(`pragma busy_timeout = ${busyTimeoutMs}`);
    await this.perform('pragma foreign_keys = on');
    this.isMigrating = false;
    this.letGo();
  }

  private async begin(): Promise<void> {
    if (this.isReleased) throw new QueryRunnerAlreadyReleasedError();
    this.writer ??= await this.connections.borrowWriter();
    try {
      // It may have been released while it waited.
      if (this.isReleased) {
        await this.connections.group.settle();
        throw new QueryRunnerAlreadyReleasedError();
      }
      this.part = await this.connections.group.begin(this.isMigrating ? migrationPatienceMs : 0);
    } catch (error) {
      this.connections.tellWriteFailure(error);
      this.end();
      throw error;
    }
  }

  private heldPart(): Part {
    if (this.part === undefined) throw new TransactionNotStartedError();
    return this.part;
  }

  private end(): void {
    this.part = undefined;
    this.isTransactionActive = false;
    this.transactionDepth = 0;
    if (!this.isMigrating) this.letGo();
  }

  private letGo(): void {
    if (this.writer === undefined) return;
    this.connections.giveBackWriter(this.writer);
    this.writer = undefined;
  }
}
