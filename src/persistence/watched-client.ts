import pg from 'pg';
import type { ClientBase, ClientConfig } from 'pg';
import type { Asked, DatabasePresence } from './database-presence.js';
import { HeardClient } from './heard-client.js';

/** How long the database may be silent. */
export interface SilenceLimits {
  readonly connectMs: number;
  readonly answerMs: number;
}

/** A statement that was sent, from then until it is answered. */
interface Sent {
  asked: Asked | undefined;
}

/**
 * A kind of connection that tells the presence what it asks and what it hears, and that ends itself when the answer
 * does not come in time. `pg` has time limits of its own, but it would put such a connection back among the idle ones,
 * with the old statement still before every new one; and the transaction on it must end, which the server does when
 * the connection does.
 *
 * Statements that are sent one right after the other travel together, since a call to the system costs more than a
 * statement. They are answered in order, and each has its time from when it is the next to be answered.
 */
export function watchedBy(
  presence: DatabasePresence,
  limits: SilenceLimits,
): new (config?: ClientConfig) => ClientBase {
  return class WatchedClient extends HeardClient {
    private readonly unanswered: Sent[] = [];
    private isCorked = false;

    constructor(config?: ClientConfig) {
      super(config);
      const { query } = this;
      // Its many forms are handed on as they come.
      const watchedQuery = (...parameters: unknown[]): unknown => {
        const sent: Sent = { asked: undefined };
        this.unanswered.push(sent);
        if (this.unanswered.length === 1) this.ask(sent);
        this.cork();
        const answer: unknown = Reflect.apply(query, this, parameters);
        Promise.resolve(answer).then(
          () => this.hear(sent, (asked) => asked.answered()),
          (error: unknown) => this.hear(sent, (asked) => tell(asked, error)),
        );
        return answer;
      };
      Object.defineProperty(this, 'query', {
        value: watchedQuery,
        configurable: true,
        writable: true,
      });
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
          // `pg` leaves the socket of a failed attempt to the other side.
          this.connection.stream.destroy();
          throw error;
        },
      );
      if (callback === undefined) return connected.then(() => this);
      connected.then(() => callback(null), callback);
    }

    private ask(sent: Sent): void {
      sent.asked = presence.ask(limits.answerMs, () =>
        this.connection.stream.destroy(new Error('Query read timeout')),
      );
    }

    private hear(sent: Sent, tellPresence: (asked: Asked) => void): void {
      if (sent.asked !== undefined) tellPresence(sent.asked);
      this.unanswered.splice(this.unanswered.indexOf(sent), 1);
      const [next] = this.unanswered;
      if (next !== undefined && next.asked === undefined) this.ask(next);
    }

    /** Keeps what is sent until the work that sends it has paused. */
    private cork(): void {
      if (this.isCorked) return;
      this.isCorked = true;
      const { stream } = this.connection;
      stream.cork();
      process.nextTick(() => {
        this.isCorked = false;
        stream.uncork();
      });
    }
  };
}

function tell(asked: Asked, error: unknown): void {
  if (error instanceof pg.DatabaseError) asked.answered();
  else asked.failed(error);
}
