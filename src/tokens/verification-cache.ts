import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import type { ObjectType } from '../events/event.js';
import { Clock } from '../kernel/clock.js';
import type { VerifiedToken } from './token.js';

/** How long another process's change may stay unseen here; this one's own changes are seen at once. */
const lifetimeMs = 1_000;

/** A SCIM client keeps to one token, so this many serve as many clients. */
const entriesMax = 1_000;

/** What a verification rests on. */
const groundsForTokens: ReadonlySet<ObjectType> = new Set([
  'tenant',
  'key',
  'entity-type',
  'entity',
  'entity-grant',
  'token',
]);

interface Entry {
  readonly token: VerifiedToken;
  readonly until: number;
}

/** Good verifications of the last second, dropped together whenever something that they rest on changes. */
@Injectable()
export class VerificationCache {
  private readonly entries = new Map<string, Entry>();
  private generation = 0;

  constructor(
    private readonly clock: Clock,
    events: EventRecorder,
  ) {
    events.onCommitted(({ type, objectType }) => {
      // A token that is issued takes nothing from those before it.
      if (type !== 'token.issue' && groundsForTokens.has(objectType)) this.drop();
    });
  }

  find(text: string): VerifiedToken | undefined {
    const entry = this.entries.get(keyOf(text));
    return entry !== undefined && entry.until > this.clock.now() ? entry.token : undefined;
  }

  /** Call before the first look-up: what is put later counts only if nothing has changed in between. */
  begin(): number {
    return this.generation;
  }

  /** @param ends when the token itself ends, in milliseconds */
  put(text: string, token: VerifiedToken, ends: number, begun: number): void {
    if (begun !== this.generation) return;
    if (this.entries.size >= entriesMax) this.entries.clear();
    this.entries.set(keyOf(text), { token, until: Math.min(ends, this.clock.now() + lifetimeMs) });
  }

  private drop(): void {
    this.generation += 1;
    this.entries.clear();
  }
}

function keyOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
