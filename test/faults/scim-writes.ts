import { aBulk, making } from '../support/bulk.js';
import type { HttpAnswer } from '../support/http-client.js';
import { aGroup, aPatch, aUser } from '../support/scim-assertions.js';
import type { Fact } from './ledger.js';
import type { OwnObjects } from './own-objects.js';
import type { Random } from './random.js';
import type { Target } from './target.js';
import { groupFact, type UserFact, type Write } from './write.js';

const numbers = 1_000_000;

/** What a SCIM client writes: people, groups, who is in them, and all of it at once. */
export class ScimWrites {
  constructor(
    private readonly objects: OwnObjects,
    private readonly target: Target,
    private readonly random: Random,
  ) {}

  createUser(): Write | undefined {
    if (this.objects.isFull('user')) return this.deleteUser();
    const name = this.objects.newName();
    const { body, fact } = this.userOf(name);
    return {
      send: () => this.target.scim('POST', '/Users', body),
      change: new Map([[`user ${name}`, fact]]),
      statuses: [201],
      learn: (answer) => this.objects.setId('user', name, idIn(answer)),
    };
  }

  putUser(): Write | undefined {
    const name = this.objects.oneOf('user');
    if (name === undefined) return undefined;
    const { body, fact } = this.userOf(name);
    return {
      send: () => this.target.scim('PUT', this.userPath(name), body),
      change: new Map([[`user ${name}`, fact]]),
      statuses: [200],
    };
  }

  patchUser(): Write | undefined {
    const name = this.objects.oneOf('user');
    if (name === undefined) return undefined;
    const { operations, fact } = this.patchOf(name);
    return {
      send: () => this.target.scim('PATCH', this.userPath(name), aPatch(...operations)),
      change: new Map([[`user ${name}`, fact]]),
      statuses: [200, 204],
    };
  }

  deleteUser(): Write | undefined {
    const name = this.objects.oneOf('user');
    if (name === undefined) return undefined;
    return {
      send: () => this.target.scim('DELETE', this.userPath(name)),
      change: this.withoutUser(name),
      statuses: [204],
    };
  }

  createGroup(): Write | undefined {
    if (this.objects.isFull('group')) return this.deleteGroup();
    const name = this.objects.newName();
    const members = this.random.some(this.objects.names('user'), 4);
    const body = aGroup({ displayName: name, members: this.valuesOf(members) });
    return {
      send: () => this.target.scim('POST', '/Groups', body),
      change: new Map([[`group ${name}`, groupFact(members)]]),
      statuses: [201],
      learn: (answer) => this.objects.setId('group', name, idIn(answer)),
    };
  }

  changeMembers(): Write | undefined {
    const name = this.objects.oneOf('group');
    const some = this.random.some(this.objects.names('user'), 3);
    if (name === undefined || some.length === 0) return undefined;
    const before = this.membersOf(name);
    const value = this.valuesOf(some);
    const [out] = this.random.some(before, 1);
    const ways: readonly (readonly [object, readonly string[]])[] = [
      [{ op: 'add', path: 'members', value }, [...before, ...some]],
      [{ op: 'replace', path: 'members', value }, some],
      ...(out === undefined ? [] : [this.removal(out, before)]),
    ];
    const [operation, after] = this.random.pick(ways);
    return {
      send: () => this.target.scim('PATCH', this.groupPath(name), aPatch(operation)),
      change: new Map([[`group ${name}`, groupFact(after)]]),
      statuses: [200, 204],
    };
  }

  deleteGroup(): Write | undefined {
    const name = this.objects.oneOf('group');
    if (name === undefined) return undefined;
    return {
      send: () => this.target.scim('DELETE', this.groupPath(name)),
      change: new Map([[`group ${name}`, undefined]]),
      statuses: [204],
    };
  }

  /** Four changes that are kept or lost together. */
  bulk(): Write | undefined {
    const [patched, gone] = this.random.some(this.objects.names('user'), 2);
    if (patched === undefined || gone === undefined) return undefined;
    const [user, group] = [this.objects.newName(), this.objects.newName()];
    const come = this.userOf(user);
    const patch = this.patchOf(patched);
    const members = [{ value: 'bulkId:user' }, ...this.valuesOf([patched])];
    const body = aBulk([
      making('user', '/Users', come.body),
      making('group', '/Groups', aGroup({ displayName: group, members })),
      { method: 'PATCH', path: this.userPath(patched), data: aPatch(...patch.operations) },
      { method: 'DELETE', path: this.userPath(gone) },
    ]);
    return {
      send: () => this.target.scim('POST', '/Bulk', body),
      change: new Map<string, Fact | undefined>([
        ...this.withoutUser(gone),
        [`user ${user}`, come.fact],
        [`group ${group}`, groupFact([user, patched])],
        [`user ${patched}`, patch.fact],
      ]),
      statuses: [200],
      learn: (answer) => {
        const [userId, groupId] = idsInBulk(answer);
        this.objects.setId('user', user, userId);
        this.objects.setId('group', group, groupId);
      },
    };
  }

  private userOf(name: string): { readonly body: object; readonly fact: UserFact } {
    const number = this.random.below(numbers);
    const emails = [
      { value: `${name}.${number}@work.test`, type: 'work', primary: true },
      { value: `${name}.${number}@home.test`, type: 'home' },
    ];
    const fact = {
      displayName: `Person ${number}`,
      active: this.random.below(2) === 0,
      externalId: `external-${number}`,
      emails: emails.map(({ value }) => value).sort(),
    };
    const { displayName, active, externalId } = fact;
    return { body: aUser({ userName: name, displayName, active, externalId, emails }), fact };
  }

  /** Changes a name and an address, and leaves the rest. */
  private patchOf(name: string): {
    readonly operations: readonly object[];
    readonly fact: UserFact;
  } {
    const before = this.objects.known.get(`user ${name}`) as UserFact;
    const number = this.random.below(numbers);
    const [displayName, address] = [`Patched ${number}`, `${name}.${number}@work.test`];
    const kept = before.emails.filter((email) => email.endsWith('@home.test'));
    return {
      operations: [
        { op: 'replace', path: 'displayName', value: displayName },
        { op: 'replace', path: 'emails[type eq "work"].value', value: address },
      ],
      fact: { ...before, displayName, emails: [...kept, address].sort() },
    };
  }

  /** The user goes, and from its groups too. */
  private withoutUser(name: string): Map<string, Fact | undefined> {
    const change = new Map<string, Fact | undefined>([[`user ${name}`, undefined]]);
    for (const group of this.objects.names('group')) {
      const members = this.membersOf(group);
      if (members.includes(name))
        change.set(`group ${group}`, groupFact(members.filter((member) => member !== name)));
    }
    return change;
  }

  private removal(out: string, before: readonly string[]): readonly [object, readonly string[]] {
    const path = `members[value eq "${this.objects.idOf('user', out)}"]`;
    return [{ op: 'remove', path }, before.filter((member) => member !== out)];
  }

  private membersOf(group: string): string[] {
    const members = this.objects.known.get(`group ${group}`)?.members;
    return Array.isArray(members) ? members.map(String) : [];
  }

  private valuesOf(users: readonly string[]): { value: string }[] {
    return users.map((name) => ({ value: this.objects.idOf('user', name) }));
  }

  private userPath(name: string): string {
    return `/Users/${this.objects.idOf('user', name)}`;
  }

  private groupPath(name: string): string {
    return `/Groups/${this.objects.idOf('group', name)}`;
  }
}

function idIn(answer: HttpAnswer): string {
  return (JSON.parse(answer.text) as { id: string }).id;
}

function idsInBulk(answer: HttpAnswer): (string | undefined)[] {
  const { Operations } = JSON.parse(answer.text) as { Operations: { location?: string }[] };
  return Operations.map(({ location }) => location?.slice(location.lastIndexOf('/') + 1));
}
