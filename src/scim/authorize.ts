import type { ScimCaller } from '../auth/scim-caller.js';
import { DomainError } from '../kernel/domain-error.js';

/** What is done with a resource, as permissions name it (contract/entities.md §3). */
export type Operation = 'create' | 'read' | 'update' | 'delete';

/** @throws DomainError forbidden, naming the permission that the grant would have to hold */
export function authorize(caller: ScimCaller, permission: string): void {
  if (caller.permissions.has(permission)) return;
  throw new DomainError(
    'forbidden',
    `The token does not have the permission ${permission}; the grant must hold it.`,
  );
}
