import { randomUUID } from 'node:crypto';
import type { OwnObjects } from './own-objects.js';
import type { Random } from './random.js';
import type { Target } from './target.js';
import { grantFact, type Write } from './write.js';

/** What the type of the target has to grant. */
export const permissions = ['read', 'write', 'own'];

/** What an administrator's program writes: entities, grants and tokens. */
export class AdminWrites {
  constructor(
    private readonly objects: OwnObjects,
    private readonly target: Target,
    private readonly random: Random,
  ) {}

  createEntity(): Write | undefined {
    if (this.objects.isFull('entity')) return this.deleteEntity();
    const name = this.objects.newName();
    const id = randomUUID();
    const number = this.random.below(1_000_000);
    const entity = { name, type: { id: this.target.values.typeId }, data: { number } };
    this.objects.setId('entity', name, id);
    return {
      send: () => this.target.admin('POST', `/api/entity/${id}`, { entity }),
      change: new Map([[`entity ${name}`, { number }]]),
      statuses: [200],
    };
  }

  patchEntity(): Write | undefined {
    const name = this.objects.oneOf('entity');
    if (name === undefined) return undefined;
    const number = this.random.below(1_000_000);
    const entity = { data: { number } };
    return {
      send: () => this.target.admin('PATCH', this.entityPath(name), { entity }),
      change: new Map([[`entity ${name}`, { number }]]),
      statuses: [200],
    };
  }

  /** The entity goes, and its grant too. */
  deleteEntity(): Write | undefined {
    const name = this.objects.oneOf('entity');
    if (name === undefined) return undefined;
    return {
      send: () => this.target.admin('DELETE', this.entityPath(name)),
      change: new Map([
        [`entity ${name}`, undefined],
        [`grant ${name}`, undefined],
      ]),
      statuses: [200],
    };
  }

  saveGrant(): Write | undefined {
    const name = this.objects.oneOf('entity');
    if (name === undefined) return undefined;
    const held = this.random.some(permissions, 1 + this.random.below(permissions.length));
    const grant = { recipientEntityId: this.objects.idOf('entity', name), permissions: held };
    return {
      send: () => this.target.admin('POST', this.target.grantPath, { grant }),
      change: new Map([[`grant ${name}`, grantFact(held)]]),
      statuses: [200],
    };
  }

  deleteGrant(): Write | undefined {
    const name = this.objects.oneOf('grant');
    if (name === undefined) return undefined;
    const path = `${this.target.grantPath}?recipientEntityId=${this.objects.idOf('entity', name)}`;
    return {
      send: () => this.target.admin('DELETE', path),
      change: new Map([[`grant ${name}`, undefined]]),
      statuses: [200],
    };
  }

  /** A token is known by its answer; one without an answer is nobody's. */
  issueToken(): Write {
    return {
      send: () => this.target.requestToken(),
      change: new Map(),
      statuses: [200],
      learn: (answer) => {
        const { access_token: token } = JSON.parse(answer.text) as { access_token: string };
        this.objects.ledger.answered(new Map([[`token ${jtiOf(token)}`, { token }]]));
      },
    };
  }

  private entityPath(name: string): string {
    return `/api/entity/${this.objects.idOf('entity', name)}`;
  }
}

function jtiOf(token: string): string {
  const [, claims = ''] = token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { jti: string }).jti;
}
