import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { databaseUnavailable, toDomainError } from './database-error.js';
import type { Dialect } from './dialect.js';
import type { RowManager } from './row-manager.js';
import { sql, type Sql } from './sql.js';
import { performStatement, type StatementResult } from './statement.js';

interface Transaction {
  readonly runner: QueryRunner;
  readonly afterCommit: (() => void)[];
  savepoints: number;
  isOpen: boolean;
}

/**
 * What happens together or not at all. Services open it with `run`; repositories write through `manager`, `query`
 * and `execute` and so join whatever is open, however deep in the calls. Statements of one unit of work are awaited
 * one after the other: they share a connection.
 */
@Injectable()
export class UnitOfWork {
  private readonly logger = new Logger(UnitOfWork.name);
  private readonly transactions = new AsyncLocalStorage<Transaction>();

  constructor(private readonly dataSource: DataSource) {}

  get dialect(): Dialect {
    return this.dataSource.options.type === 'postgres' ? 'postgres' : 'sqlite';
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
    const transaction: Transaction = { runner, afterCommit: [], savepoints: 0, isOpen: true };
    try {
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
    await this.execute(sql`savepoint ${name}`);
    try {
      const result = await work();
      await this.execute(sql`release savepoint ${name}`);
      return result;
    } catch (error) {
      transaction.afterCommit.length = callbacks;
      await this.undoTo(name);
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
   * @throws DomainError unavailable; else the driver's error
   */
  async query<Row = Record<string, unknown>>(statement: Sql): Promise<Row[]> {
    const { rows } = await this.perform(statement);
    return [...rows] as Row[];
  }

  /** Runs a statement of our own and tells how many rows it changed. Errors are those of `query`. */
  async execute(statement: Sql): Promise<number> {
    const { affected } = await this.perform(statement);
    return affected;
  }

  private async perform(statement: Sql): Promise<StatementResult> {
    const open = this.current()?.runner;
    const runner = open ?? this.dataSource.driver.createQueryRunner('master');
    try {
      return await performStatement(runner, statement);
    } catch (error) {
      throw toDomainError(error) ?? error;
    } finally {
      if (open === undefined) await runner.release();
    }
  }

  private async commit<Result>(
    transaction: Transaction,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const { runner } = transaction;
    await runner.startTransaction();
    try {
      const result = await this.transactions.run(transaction, work);
      // From here on nothing more may come in, also not from work that was started and not awaited.
      transaction.isOpen = false;
      await runner.commitTransaction();
      return result;
    } catch (error) {
      transaction.isOpen = false;
      await rollBack(runner);
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

/** When even this fails, the connection is gone, and the database undoes the transaction by itself. */
async function rollBack(runner: QueryRunner): Promise<void> {
  try {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
  } catch (error) {
    if (toDomainError(error) === undefined && !runner.isReleased) throw error;
  }
}
