import type { BoundFilter } from '../filter/bound-filter.js';
import type { JsonObject } from '../json.js';

/**
 * Entra ID adds to - and its validator replaces in - `emails[type eq "work"].value` when no such
 * entry exists, and expects it to be made with that type, so that its next operation finds it. What
 * a conjunction of `eq` demands is what the new entry gets; any other filter does not say what to
 * make: undefined.
 *
 * Recorded in entra/add-missing-entries.json and entra/validator-replace-missing.json.
 */
export function findFacts(filter: BoundFilter): JsonObject | undefined {
  if (filter.kind === 'compare') {
    const part = filter.ref.subAttribute;
    return part && filter.operator === 'eq' ? { [part.name]: filter.literal } : undefined;
  }
  if (filter.kind !== 'and') return undefined;
  const facts = filter.filters.map(findFacts);
  return facts.every((fact) => fact !== undefined) ? Object.assign({}, ...facts) : undefined;
}
