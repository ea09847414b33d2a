import type { ScimCaller } from '../auth/scim-caller.js';
import { DomainError } from '../kernel/domain-error.js';

/** What is done with a resource, as permissions name it (contract/entities.md §3). */
export type Operation = 'create' | 'read' | 'update' | 'delete';

/** @throws DomainError forbidden, naming the permission that is missing */
export function authorize(caller: ScimCaller, permission: string): void {
  if (caller.permissions.has(permission)) return;
  throw new DomainError(
    'forbidden',
    `The token does not have the permission ${permission}: its grant must hold it, and so must the scope that the token was asked with.`,
  );
}
