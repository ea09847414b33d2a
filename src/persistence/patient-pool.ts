import pg from 'pg';
import type { PoolClient, PoolConfig } from 'pg';
import type { DatabasePresence } from './database-presence.js';
import { HeardClient } from './heard-client.js';
import { WaitingLine } from './waiting-line.js';

/** What the pool takes beside its own settings. */
export interface PatientPoolConfig extends PoolConfig {
  readonly max: number;
  /** How long one may wait for a connection while others are served. */
  readonly busyWaitMs: number;
  /** Tells those who wait that the database is gone. */
  readonly presence: DatabasePresence;
}

type Taken = (
  error: Error | undefined,
  client: PoolClient | undefined,
  release: (error?: Error | boolean) => void,
) => void;

/** A right to one of the pool's connections; they are all alike. */
const permit = 'a connection';

/**
 * A pool before which a busy database is waited for, and one that is gone is not. The pool alone has one time limit for
 * both: long enough for a thousand requests at once, it would hold each of them for as long when the database is away.
 * As many get in as there are connections, so its own limit is about connecting alone.
 */
export class PatientPool extends pg.Pool {
  private readonly line: WaitingLine<typeof permit>;
  private readonly presence: DatabasePresence;

  constructor(config: PatientPoolConfig) {
    super({ Client: HeardClient, ...config });
    // A connection that breaks while it is idle is replaced. Unheard, the event would end the process.
    this.on('error', () => undefined);
    const permits = new Array<typeof permit>(config.max).fill(permit);
    this.line = new WaitingLine(permits, config.busyWaitMs);
    this.presence = config.presence;
    // Told once for each connection that was taken, whether it is kept or closed.
    this.on('release', () => this.line.giveBack(permit));
    this.presence.onGone((error) => this.line.refuseAll(error));
  }

  /**
   * A connection, in the order of asking; its `release` gives it back.
   * @throws DomainError unavailable, when the wait was too long or the database is gone; else the driver's error
   */
  override connect(): Promise<PoolClient>;
  override connect(callback: Taken): void;
  override connect(callback?: Taken): Promise<PoolClient> | void {
    const taken = this.take();
    if (callback === undefined) return taken;
    taken.then(
      (client) => callback(undefined, client, (error) => client.release(error)),
      (error: Error) => callback(error, undefined, () => undefined),
    );
  }

  /** Refuses those who wait and those who come, waits for what is lent, and closes all connections. */
  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    const ended = this.line.close().then(() => super.end());
    if (callback === undefined) return ended;
    ended.then(() => callback(), callback);
  }

  private async take(): Promise<PoolClient> {
    await this.line.borrow();
    return this.idleCount > 0 ? this.enter() : this.enterUnlessGone();
  }

  private async enter(): Promise<PoolClient> {
    try {
      return await super.connect();
    } catch (error) {
      this.line.giveBack(permit);
      throw error;
    }
  }

  /** A new connection takes its time: when the database is found gone meanwhile, nobody waits for the attempt's end. */
  private enterUnlessGone(): Promise<PoolClient> {
    return new Promise((resolve, reject) => {
      let isRefused = false;
      const stopListening = this.presence.onGone((error) => {
        isRefused = true;
        reject(error);
      });
      this.enter()
        .then((client) => (isRefused ? client.release() : resolve(client)), reject)
        .finally(stopListening);
    });
  }
}
