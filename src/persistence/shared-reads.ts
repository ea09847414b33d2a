import type { ClientBase } from 'pg';

/** So many connections are shared at most; on each, a read waits for those that were sent before it. */
const connectionsMax = 4;

/** Up to so many reads under way, another one joins them rather than take a connection of its own. */
const companionsWanted = 4;

/** A connection that was taken, and how it is given back. */
export interface TakenConnection {
  readonly client: ClientBase;
  readonly release: (broken?: Error) => void;
}

interface Shared {
  readonly taken: Promise<TakenConnection>;
  /** How many reads are under way on it. */
  reads: number;
  /** Gives the connection back; as long as it is not taken, there is nothing to give. */
  giveBack: () => void;
}

/**
 * Connections for reads that are quick and outside of every transaction. What many requests read at the same time
 * travels together, to the database and back, on few connections: a message of its own for each would cost more than
 * the read. Nobody has a connection to itself here, so nothing may be said on it that others would feel.
 */
export class SharedReads {
  private readonly open: Shared[] = [];

  /** @param take takes a connection from the pool; rejects when the database is away or too busy */
  constructor(private readonly take: () => Promise<TakenConnection>) {}

  /** Runs a read on a shared connection; throws what the read throws, or what `take` does. */
  async run<Result>(read: (client: ClientBase) => Promise<Result>): Promise<Result> {
    const shared = this.join();
    try {
      const { client } = await shared.taken;
      return await read(client);
    } finally {
      shared.reads -= 1;
      if (shared.reads === 0) {
        this.leave(shared);
        shared.giveBack();
      }
    }
  }

  private join(): Shared {
    const shared = this.leastBusy() ?? this.openAnother();
    shared.reads += 1;
    return shared;
  }

  private leastBusy(): Shared | undefined {
    const [least] = this.open.toSorted((a, b) => a.reads - b.reads);
    const isToJoin =
      least && (least.reads < companionsWanted || this.open.length >= connectionsMax);
    return isToJoin ? least : undefined;
  }

  private openAnother(): Shared {
    const taken = this.take();
    const shared: Shared = { taken, reads: 0, giveBack: () => undefined };
    taken.then(
      ({ client, release }) => {
        let broken: Error | undefined;
        const onError = (error: Error) => {
          broken = error;
          this.leave(shared);
        };
        client.on('error', onError);
        shared.giveBack = () => {
          client.off('error', onError);
          release(broken);
        };
      },
      () => this.leave(shared),
    );
    this.open.push(shared);
    return shared;
  }

  /** Nobody joins it any more. */
  private leave(shared: Shared): void {
    const index = this.open.indexOf(shared);
    if (index >= 0) this.open.splice(index, 1);
  }
}
