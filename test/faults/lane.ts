import { AdminWrites } from './admin-writes.js';
import type { Ledger } from './ledger.js';
import { OwnObjects } from './own-objects.js';
import type { Random } from './random.js';
import { ScimWrites } from './scim-writes.js';
import type { Target } from './target.js';
import type { Write } from './write.js';

/**
 * One client that writes one thing after the other, on objects of its own: what must be true of them depends on nobody
 * else.
 */
export class Lane {
  private readonly objects: OwnObjects;
  private readonly writes: readonly (() => Write | undefined)[];

  constructor(
    name: string,
    target: Target,
    private readonly ledger: Ledger,
    private readonly random: Random,
  ) {
    this.objects = new OwnObjects(name, ledger, random);
    const scim = new ScimWrites(this.objects, target, random);
    const admin = new AdminWrites(this.objects, target, random);
    this.writes = [
      // People come more often than they go.
      () => scim.createUser(),
      () => scim.createUser(),
      () => scim.putUser(),
      () => scim.patchUser(),
      () => scim.deleteUser(),
      () => scim.createGroup(),
      () => scim.changeMembers(),
      () => scim.changeMembers(),
      () => scim.deleteGroup(),
      // The more a write does, the more of it can be lost.
      () => scim.bulk(),
      () => scim.bulk(),
      () => scim.bulk(),
      () => scim.bulk(),
      () => admin.createEntity(),
      () => admin.patchEntity(),
      () => admin.deleteEntity(),
      () => admin.saveGrant(),
      () => admin.saveGrant(),
      () => admin.deleteGrant(),
      () => admin.issueToken(),
    ];
  }

  /** To be told after each reading: a write without an answer may have made objects. */
  setIds(ids: ReadonlyMap<string, string>): void {
    this.objects.setIds(ids);
  }

  /**
   * Writes until a write has no answer.
   * @param onAnswer called for each that was answered
   * @returns a sentence for each that was refused
   */
  async run(onAnswer: () => void): Promise<readonly string[]> {
    const complaints: string[] = [];
    for (;;) {
      const write = this.next();
      const answer = await write.send().catch(() => undefined);
      // A server that says 5xx does not say what became of the write.
      if (answer === undefined || answer.status >= 500) {
        this.ledger.lost(write.change);
        return complaints;
      }
      onAnswer();
      if (!write.statuses.includes(answer.status)) {
        const touched = [...write.change.keys()].join(', ');
        complaints.push(`Refused: ${touched}: ${answer.status} ${answer.text}`);
        continue;
      }
      this.ledger.answered(write.change);
      write.learn?.(answer);
    }
  }

  private next(): Write {
    for (;;) {
      const write = this.random.pick(this.writes)();
      if (write !== undefined) return write;
    }
  }
}
