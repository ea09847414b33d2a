import type { ClientBase } from 'pg';
import { PostgresQueryRunner } from './typeorm-internals.js';

/**
 * TypeORM's runner, whose transactions begin and end in the company of other statements: what is sent to PostgreSQL in
 * one go costs one call to the system and one answer to wait for.
 */
export class PipelinedQueryRunner extends PostgresQueryRunner {
  private begun: Promise<unknown> = Promise.resolve();

  /**
   * Sends the beginning of a transaction; what is sent next on the connection comes behind it.
   * @returns the connection, and what to wait for before anything is written: a write whose transaction did not begin
   * would stay whatever comes after it
   */
  async begin(): Promise<{ readonly client: ClientBase; readonly begun: Promise<unknown> }> {
    const client: ClientBase = await this.connect();
    this.begun = client.query('start transaction');
    this.begun.catch(() => undefined);
    this.isTransactionActive = true;
    this.transactionDepth = 1;
    return { client, begun: this.begun };
  }

  /**
   * Sends the commit, behind what was sent before it.
   * @throws Error when PostgreSQL undid the transaction, as it does when a statement of it failed
   */
  async commit(client: ClientBase): Promise<void> {
    this.isTransactionActive = false;
    this.transactionDepth = 0;
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error('The database undid the transaction.');
  }

  /** What TypeORM asks for may be a write. */
  override async query(...statement: Parameters<PostgresQueryRunner['query']>): Promise<unknown> {
    await this.begun;
    return super.query(...statement);
  }
}
