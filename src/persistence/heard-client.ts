import pg from 'pg';
import type { ClientConfig } from 'pg';

/**
 * A connection whose `error` event always has a listener: without one, Node ends the process. The pool listens only
 * while a connection is idle, and who takes it listens a moment later. PostgreSQL that is stopped right after it
 * accepted a connection says so in between.
 *
 * Nothing is lost by this: statements on the connection fail, the pool drops it, and who listens beside this hears it
 * too. The socket ends at once, so that an error before the connection was made fails the attempt with its cause.
 */
export class HeardClient extends pg.Client {
  constructor(config?: ClientConfig) {
    super(config);
    this.on('error', (error) => this.connection.stream.destroy(error));
  }
}
