import { types } from 'node:util';
import type { SqliteConnection } from './sqlite-connection.js';
import { patiently } from './sqlite-patience.js';

/** Who came first waits for the commit of the last, so they are not to be too many, */
const unitsTogetherMax = 32;

/** nor to take too long. */
const togetherMs = 50;

interface Group {
  readonly begun: number;
  units: number;
  /** The savepoint of the second unit: it is gone if SQLite undid the transaction by itself. */
  proof: string | undefined;
  readonly committed: Promise<void>;
  /** Ends the waiting for `committed`; with an error when nothing was kept. */
  readonly settle: (error?: unknown) => void;
}

/** One unit's part in a group, from `begin` to `end` or `undo`. */
export interface Part {
  readonly group: Group;
  /** What the unit's writes are undone to; the first unit of a group undoes the whole transaction. */
  readonly savepoint: string | undefined;
}

/**
 * Commits several units of work in one transaction of SQLite's. What a commit costs, the disk's confirmation and the
 * pages that every unit changes, is paid once for those who would wait for each other anyway. Each unit fails by
 * itself and is answered after the commit; it sees what those before it wrote, which nobody else does before.
 */
export class SqliteGroup {
  private open: Group | undefined;

  /**
   * @param writer lent to one unit at a time by whoever calls the methods
   * @param isWanted whether another one waits for it
   */
  constructor(
    private readonly writer: SqliteConnection,
    private readonly isWanted: () => boolean,
  ) {}

  /**
   * Begins a unit, in the group that is open or in a new one.
   * @param patienceMs how long to try again while another process writes
   */
  async begin(patienceMs: number): Promise<Part> {
    const group = this.open;
    if (group === undefined) {
      // The write lock is taken at once: a transaction that began by reading could not wait for it later.
      await patiently(() => this.writer.run('begin immediate'), patienceMs);
      this.open = newGroup();
      return { group: this.open, savepoint: undefined };
    }
    // Unique in the transaction is enough, and a name that comes again is a statement that is prepared already.
    const savepoint = `unit_${group.units + 1}`;
    try {
      await this.writer.run(`savepoint ${savepoint}`);
    } catch (error) {
      await this.giveUp(group, error);
      throw error;
    }
    group.units += 1;
    group.proof ??= savepoint;
    return { group, savepoint };
  }

  /**
   * Ends a unit: commits the group, or leaves that to whoever waits for the connection.
   * @returns what to wait for after the connection was given back; rejects when nothing of the group was kept
   */
  async end({ group }: Part): Promise<{ readonly committed: Promise<void> }> {
    if (!this.mayGoOn(group)) await this.commit(group);
    return { committed: group.committed };
  }

  /** Undoes what the unit wrote; what the others of its group wrote stays. */
  async undo({ group, savepoint }: Part): Promise<void> {
    if (savepoint === undefined) {
      this.open = undefined;
      await this.rollBack();
      return;
    }
    try {
      await this.writer.run(`rollback to ${savepoint}`);
    } catch (error) {
      await this.giveUp(group, error);
      return;
    }
    if (!this.mayGoOn(group)) await this.commit(group);
  }

  /** Commits the group that is open, if any, for somebody who uses the connection without a transaction. */
  async settle(): Promise<void> {
    if (this.open !== undefined) await this.commit(this.open);
  }

  private mayGoOn(group: Group): boolean {
    const isYoung = performance.now() - group.begun < togetherMs;
    return isYoung && group.units < unitsTogetherMax && this.isWanted();
  }

  /** A failure is told to the units by the group's promise. */
  private async commit(group: Group): Promise<void> {
    try {
      // SQLite undoes everything by itself on a full disk; what came after that must not be committed alone.
      if (group.proof !== undefined) await this.writer.run(`release ${group.proof}`);
      await this.writer.run('commit');
    } catch (error) {
      await this.giveUp(group, error);
      return;
    }
    this.open = undefined;
    group.settle();
  }

  private async giveUp(group: Group, error: unknown): Promise<void> {
    this.open = undefined;
    group.settle(error);
    await this.rollBack();
  }

  private async rollBack(): Promise<void> {
    try {
      await this.writer.run('rollback');
    } catch (error) {
      if (!isOverAlready(error)) throw error;
    }
  }
}

function newGroup(): Group {
  let settle: Group['settle'] = () => undefined;
  const committed = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error));
  });
  // Each unit that waits for it hears of a failure; that none may wait is no failure of its own.
  committed.catch(() => undefined);
  return { begun: performance.now(), units: 1, proof: undefined, committed, settle };
}

/** A full or failing disk makes SQLite undo the transaction by itself. */
function isOverAlready(error: unknown): boolean {
  return types.isNativeError(error) && error.message.includes('no transaction is active');
}
