import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { databaseUnavailable, isCutShort, toDomainError } from './database-error.js';
import type { Dialect } from './dialect.js';
import type { LookUps } from './look-ups.js';
import { PostgresDataSource } from './postgres-data-source.js';
import { PipelinedQueryRunner } from './postgres-query-runner.js';
import type { RowManager } from './row-manager.js';
import type { StatementResult } from './postgres-statement.js';
import { scanTooLong } from './scan-budget.js';
import { type PrintedSql, sql, type Sql } from './sql.js';
import { SqliteDriver } from './sqlite-driver.js';
import { SqliteQueryRunner } from './sqlite-query-runner.js';
import { statementKind } from './statement-kind.js';
import { performScan, performStatement, type StatementTaker, takerOf } from './statement.js';
import { Turns } from './turns.js';
import { busyWaitMs } from './waiting-line.js';

/** What a statement is like, as far as it matters to whoever else is served. */
type Kind = 'query' | 'look-up' | 'scan';

interface Transaction {
  readonly runner: QueryRunner;
  readonly taker: StatementTaker;
  /** The answer to its beginning, as long as nothing has waited for it. */
  beginning: Promise<unknown> | undefined;
  /** Answers that nobody has waited for yet. */
  readonly sent: Promise<unknown>[];
  readonly afterCommit: (() => void)[];
  /** The names of the turns that it has. */
  readonly turns: Set<string>;
  savepoints: number;
  isOpen: boolean;
}

/**
 * What happens together or not at all. Services open it with `run`; repositories write through `manager`, `query`
 * and `execute` and so join whatever is open, however deep in the calls. Statements of one unit of work share a
 * connection and run in the order in which they were sent: reads that need nothing of each other may be sent together.
 */
@Injectable()
export class UnitOfWork {
  private readonly logger = new Logger(UnitOfWork.name);
  private readonly transactions = new AsyncLocalStorage<Transaction>();

  private readonly turns = new Turns(busyWaitMs);

  constructor(private readonly dataSource: DataSource) {
    // One turn after the other would wait for a database that is gone.
    if (dataSource instanceof PostgresDataSource)
      dataSource.presence.onGone((error) => this.turns.refuseAll(error));
  }

  get dialect(): Dialect {
    return this.dataSource.options.type === 'postgres' ? 'postgres' : 'sqlite';
  }

  /** Whether the caller is inside a transaction. */
  get isOpen(): boolean {
    return this.current() !== undefined;
  }

  /** TypeORM's manager in the open transaction, else outside of any. To be asked for anew each time, never kept. */
  get manager(): RowManager {
    return this.current()?.runner.manager ?? this.dataSource.manager;
  }

  /**
   * Runs the work in a transaction and commits it; a failure undoes everything. Inside another `run` the work joins
   * that one: a failure that is caught on the way there undoes nothing, which is what `savepoint` is for.
   * @throws DomainError unavailable, when the database is away or too busy; else what the work throws
   */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.current() !== undefined) return work();
    const runner = this.dataSource.createQueryRunner();
    try {
      const transaction = await begin(runner);
      const result = await this.commit(transaction, work);
      this.tellCommitted(transaction);
      return result;
    } catch (error) {
      // A runner that is released before its time has lost its connection.
      throw toDomainError(error) ?? (runner.isReleased ? databaseUnavailable(error) : error);
    } finally {
      await runner.release();
    }
  }

  /**
   * Runs the work as `run` does, one at a time for each name, among all processes on the database and until the commit.
   * Who waits does so before taking a connection, so that no queue of one name takes all connections from the others.
   * Inside another `run` the work joins that one, which keeps the turn to its end. It is better to begin with the turn:
   * one that is asked for when rows are locked already may be what another waits for, who has the turn.
   * @throws DomainError unavailable, when the wait was too long; else as `run` does
   */
  async runInTurn<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    // SQLite has one writer at a time, in a line of its own.
    if (this.dialect === 'sqlite') return this.run(work);
    const inTurn = async () => {
      await this.takeTurn(name);
      return work();
    };
    if (this.current() !== undefined) return inTurn();
    return this.turns.take(name, () => this.run(inTurn));
  }

  /**
   * Runs the work as `run` does, one at a time for each name in this process, before taking a connection: for changes
   * that would lock the same row. The database is asked for the row by one of each process then, and not by as many as
   * there are connections, of which the last would wait for longer than a statement may.
   * @throws DomainError unavailable, when the wait was too long; else as `run` does
   */
  runInLine<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    if (this.dialect === 'sqlite' || this.current() !== undefined) return this.run(work);
    return this.turns.take(name, () => this.run(work));
  }

  /**
   * Runs a part of the open unit of work which may fail by itself: its writes are undone, its `afterCommit` forgotten,
   * the error thrown on, and the rest can go on. One such part at a time.
   */
  async savepoint<Result>(work: () => Promise<Result>): Promise<Result> {
    const transaction = this.current();
    if (transaction === undefined)
      throw new Error('A savepoint is a part of a unit of work: open one first.');
    transaction.savepoints += 1;
    const name = sql.raw(`part_${transaction.savepoints}`);
    const callbacks = transaction.afterCommit.length;
    const turns = new Set(transaction.turns);
    await this.execute(sql`savepoint ${name}`);
    try {
      const result = await work();
      // SQLite would let go of the savepoint even when something before it failed.
      await hearSent(transaction);
      await this.execute(sql`release savepoint ${name}`);
      return result;
    } catch (error) {
      transaction.afterCommit.length = callbacks;
      await this.undoTo(name);
      // The database has let go of the others.
      for (const turn of transaction.turns) if (!turns.has(turn)) transaction.turns.delete(turn);
      throw error;
    } finally {
      transaction.savepoints -= 1;
    }
  }

  /** Has the callback called once the open transaction is committed, never if it is undone; outside of one, at once. */
  afterCommit(callback: () => void): void {
    const transaction = this.current();
    if (transaction === undefined) callback();
    else transaction.afterCommit.push(callback);
  }

  /**
   * The rows of a statement of our own. On both databases numbers are numbers, flags 1 and 0, documents JSON text;
   * that the columns are those of `Row` is the writer's word.
   * @param kind a look-up only reads, and an index leads it to its few rows at once: it may travel with others as JSON, so
   * its columns are whole numbers and text
   * @throws DomainError unavailable; else the driver's error
   */
  async query<Row = Record<string, unknown>>(
    statement: Sql,
    kind: 'query' | 'look-up' = 'query',
  ): Promise<Row[]> {
    const { rows } = await this.perform(statement, kind);
    return [...rows] as Row[];
  }

  /**
   * The rows of a query that no index serves, as `query` gives them. It may take as long as its budget and no longer,
   * and outside of a unit of work it has a connection on which nothing waits for it but others of its kind.
   * @throws DomainError too_many, when the budget is used up; else as `query` does
   */
  async scan<Row = Record<string, unknown>>(statement: Sql): Promise<Row[]> {
    const { rows } = await this.perform(statement, 'scan');
    return [...rows] as Row[];
  }

  /** Runs a statement of our own and tells how many rows it changed. Errors are those of `query`. */
  async execute(statement: Sql): Promise<number> {
    const { affected } = await this.perform(statement);
    return affected;
  }

  /**
   * Runs a statement of our own whose outcome the rest of the unit does not need: it is sent, and not waited for. When
   * it fails, the next statement that is waited for does, or the commit. Outside of a unit of work it is waited for.
   */
  async send(statement: Sql): Promise<void> {
    const transaction = this.current();
    if (transaction === undefined) {
      await this.execute(statement);
      return;
    }
    const printed = statement.print(this.dialect);
    await waitToBegin(transaction, printed.text);
    const answer = performStatement(transaction.taker, printed);
    answer.catch(() => undefined);
    transaction.sent.push(answer);
  }

  private async perform(statement: Sql, kind: Kind = 'query'): Promise<StatementResult> {
    const transaction = this.current();
    try {
      if (transaction === undefined && kind === 'look-up')
        return { rows: await this.lookUps.run(statement), affected: 0 };
      if (transaction === undefined) return await this.performAlone(statement, kind);
      const printed = statement.print(this.dialect);
      await waitToBegin(transaction, printed.text);
      const answer = this.performOn(transaction.taker, printed, kind);
      // Of several failures the first is the cause.
      answer.catch(() => undefined);
      await hearSent(transaction);
      return await answer;
    } catch (error) {
      throw kind === 'scan' && isCutShort(error)
        ? scanTooLong(error)
        : (toDomainError(error) ?? error);
    }
  }

  private async performAlone(statement: Sql, kind: Kind): Promise<StatementResult> {
    const { dataSource } = this;
    const printed = statement.print(this.dialect);
    if (dataSource instanceof PostgresDataSource && kind === 'scan')
      return dataSource.scan((client) => performStatement(client, printed));
    const runner = dataSource.driver.createQueryRunner('master');
    // Outside of a transaction it holds nothing that would have to be given back.
    if (runner instanceof SqliteQueryRunner) return this.performOn(runner, printed, kind);
    try {
      return await this.performOn(await takerOf(runner), printed, kind);
    } finally {
      await runner.release();
    }
  }

  private get lookUps(): LookUps {
    const { dataSource } = this;
    if (dataSource instanceof PostgresDataSource) return dataSource.lookUps;
    if (dataSource.driver instanceof SqliteDriver) return dataSource.driver.connections.lookUps;
    throw new Error('Look-ups go by the data sources that we make.');
  }

  private performOn(
    taker: StatementTaker,
    printed: PrintedSql,
    kind: Kind,
  ): Promise<StatementResult> {
    return kind === 'scan'
      ? performScan(taker, printed, this.dataSource)
      : performStatement(taker, printed);
  }

  /** Has the database keep the turn for the open transaction, also from other processes. */
  private async takeTurn(name: string): Promise<void> {
    const turns = this.current()?.turns;
    if (turns === undefined || turns.has(name)) return;
    const key = sql`hashtextextended(${name}, 0)`;
    const [tried] = await this.query<{ taken: number }>(
      sql`select pg_try_advisory_xact_lock(${key}) as taken`,
    );
    if (tried?.taken !== 1) await this.waitForTurn(sql`select pg_advisory_xact_lock(${key})`);
    turns.add(name);
  }

  /** Another process has it. A statement may not wait that long, or a dead database would be waited for too. */
  private async waitForTurn(lock: Sql): Promise<void> {
    const giveUpAt = performance.now() + busyWaitMs;
    for (;;) {
      try {
        await this.savepoint(() => this.execute(lock));
        return;
      } catch (error) {
        if (!isCutShort(error) || performance.now() > giveUpAt) throw error;
      }
    }
  }

  private async commit<Result>(
    transaction: Transaction,
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      const result = await this.transactions.run(transaction, work);
      // From here on nothing more may come in, also not from work that was started and not awaited.
      transaction.isOpen = false;
      await end(transaction);
      return result;
    } catch (error) {
      transaction.isOpen = false;
      await rollBack(transaction.runner);
      throw error;
    }
  }

  private tellCommitted(transaction: Transaction): void {
    for (const callback of transaction.afterCommit) {
      try {
        callback();
      } catch (error) {
        // What is committed is committed: its caller must not be told that it failed.
        this.logger.error(
          'A callback failed after the commit.',
          error instanceof Error ? error.stack : String(error),
        );
      }
    }
  }

  private async undoTo(name: Sql): Promise<void> {
    const transaction = this.current();
    // Their failures are a part of what is undone.
    if (transaction !== undefined) await Promise.allSettled(transaction.sent.splice(0));
    await this.execute(sql`rollback to savepoint ${name}`);
    await this.execute(sql`release savepoint ${name}`);
  }

  private current(): Transaction | undefined {
    const transaction = this.transactions.getStore();
    if (transaction !== undefined && !transaction.isOpen) {
      throw new Error(
        'This was started in a unit of work that has ended: await it there, or leave it to afterCommit.',
      );
    }
    return transaction;
  }
}

async function begin(runner: QueryRunner): Promise<Transaction> {
  const state = { runner, afterCommit: [], turns: new Set<string>(), savepoints: 0, isOpen: true };
  if (runner instanceof PipelinedQueryRunner) {
    const { client, begun } = await runner.begin();
    return { ...state, taker: client, beginning: begun, sent: [begun] };
  }
  await runner.startTransaction();
  return { ...state, taker: await takerOf(runner), beginning: undefined, sent: [] };
}

/** What only reads may be sent right behind the beginning; a write waits until that is answered. */
async function waitToBegin(transaction: Transaction, statement: string): Promise<void> {
  if (transaction.beginning === undefined || statementKind(statement).isRead) return;
  await transaction.beginning;
  transaction.beginning = undefined;
}

/** @throws the error of the first of those that were sent and failed */
async function hearSent(transaction: Transaction): Promise<void> {
  if (transaction.sent.length > 0) await Promise.all(transaction.sent.splice(0));
}

async function end(transaction: Transaction): Promise<void> {
  const { runner, taker } = transaction;
  if (runner instanceof PipelinedQueryRunner && !(taker instanceof SqliteQueryRunner)) {
    // PostgreSQL commits nothing when one of those before it fails.
    const committed = runner.commit(taker);
    committed.catch(() => undefined);
    await hearSent(transaction);
    await committed;
    return;
  }
  await hearSent(transaction);
  await runner.commitTransaction();
}

/** When even this fails, the connection is gone, and the database undoes the transaction by itself. */
async function rollBack(runner: QueryRunner): Promise<void> {
  try {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
  } catch (error) {
    if (toDomainError(error) === undefined && !runner.isReleased) throw error;
  }
}
