import pg from 'pg';
import type { ClientBase, ClientConfig } from 'pg';
import type { Asked, DatabasePresence } from './database-presence.js';

/** How long the database may be silent. */
export interface SilenceLimits {
  readonly connectMs: number;
  readonly answerMs: number;
}

/**
 * A kind of connection that tells the presence what it asks and what it hears, and that ends itself when the answer
 * does not come in time. `pg` has time limits of its own, but it would put such a connection back among the idle ones,
 * with the old statement still before every new one; and the transaction on it must end, which the server does when
 * the connection does.
 */
export function watchedBy(
  presence: DatabasePresence,
  limits: SilenceLimits,
): new (config?: ClientConfig) => ClientBase {
  return class WatchedClient extends pg.Client {
    constructor(config?: ClientConfig) {
      super(config);
      const { query } = this;
      // Its many forms are handed on as they come.
      const watchedQuery = (...parameters: unknown[]): unknown => {
        const asked = presence.ask(limits.answerMs, () => void this.end());
        const answer: unknown = Reflect.apply(query, this, parameters);
        Promise.resolve(answer).then(
          () => asked.answered(),
          (error: unknown) => tell(asked, error),
        );
        return answer;
      };
      Object.defineProperty(this, 'query', { value: watchedQuery });
    }

    override connect(): Promise<this>;
    override connect(callback: (error: Error | null) => void): void;
    override connect(callback?: (error: Error | null) => void): Promise<this> | void {
      const asked = presence.ask(limits.connectMs, () =>
        this.connection.stream.destroy(new Error('timeout exceeded when trying to connect')),
      );
      const connected = super.connect().then(
        () => asked.answered(),
        (error: unknown) => {
          tell(asked, error);
          throw error;
        },
      );
      if (callback === undefined) return connected.then(() => this);
      connected.then(() => callback(null), callback);
    }
  };
}

function tell(asked: Asked, error: unknown): void {
  if (error instanceof pg.DatabaseError) asked.answered();
  else asked.failed(error);
}
