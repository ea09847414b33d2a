import type { Condition } from '../kernel/condition.js';

/** The conditions of which all must be met. */
export function conjunctsOf(condition: Condition): readonly Condition[] {
  return condition.kind === 'and' ? condition.conditions.flatMap(conjunctsOf) : [condition];
}
