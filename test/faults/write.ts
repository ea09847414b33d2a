import type { HttpAnswer } from '../support/http-client.js';
import type { Change, Fact } from './ledger.js';

/** A request, and what it makes of the objects that it touches when it is answered with one of these statuses. */
export interface Write {
  readonly send: () => Promise<HttpAnswer>;
  readonly change: Change;
  readonly statuses: readonly number[];
  /** Takes from the answer what only the server knows. */
  readonly learn?: (answer: HttpAnswer) => void;
}

/** A user as it is sent and as it is read. */
export interface UserFact extends Fact {
  readonly displayName: string;
  readonly active: boolean;
  readonly externalId: string;
  readonly emails: readonly string[];
}

export function groupFact(members: readonly string[]): Fact {
  return { members: [...new Set(members)].sort() };
}

export function grantFact(permissions: readonly string[]): Fact {
  return { permissions: [...permissions].sort() };
}
