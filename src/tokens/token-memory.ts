import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import type { EventDraft, ObjectType } from '../events/event.js';
import { Remembered } from '../events/remembered.js';
import { Clock } from '../kernel/clock.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { Tenant } from '../tenants/tenant.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import type { GrantedTarget, VerifiedToken } from './token.js';

/** A client keeps to one token and asks for one scope, so this many serve as many clients. */
const entriesMax = 1_000;

/** What tokens rest on, when they are issued and when they are verified. */
const groundsForTokens: ReadonlySet<ObjectType> = new Set([
  'tenant',
  'key',
  'entity-type',
  'entity',
  'entity-grant',
  'token',
]);

/** What a client gets for a scope. */
export interface Allowance {
  readonly tenant: Tenant;
  readonly targets: readonly GrantedTarget[];
}

/** Good verifications and allowances of the last second; refusals are never among them. */
@Injectable()
export class TokenMemory {
  private readonly verified: Remembered<VerifiedToken>;
  private readonly allowed: Remembered<Allowance>;

  constructor(clock: Clock, events: EventRecorder, unitOfWork: UnitOfWork) {
    this.verified = new Remembered(clock, events, unitOfWork, isGround, entriesMax);
    this.allowed = new Remembered(clock, events, unitOfWork, isGround, entriesMax);
  }

  /** @param verify gives the verified token; undefined or a failure is not remembered */
  verification(
    text: string,
    verify: () => Promise<VerifiedToken | undefined>,
  ): Promise<VerifiedToken | undefined> {
    return this.verified.get(keyOf(text), verify, endOf);
  }

  allowance(
    context: TenantContext,
    clientId: string,
    scope: string,
    read: () => Promise<Allowance>,
  ): Promise<Allowance> {
    return this.allowed.get(keyOf(`${context.tenantId} ${clientId} ${scope}`), read);
  }
}

/** A token that is issued takes nothing from those before it. */
function isGround({ type, objectType }: EventDraft): boolean {
  return type !== 'token.issue' && groundsForTokens.has(objectType);
}

function endOf({ claims }: VerifiedToken): number {
  return Number(claims.exp) * 1000;
}

function keyOf(text: string): string {
  return hash('sha256', text, 'base64url');
}
