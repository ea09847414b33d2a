import type { Condition } from '../kernel/condition.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import type { MemberDraft, MemberField } from './group.js';

/** One change of a group's membership. Steps are applied in order, each to the outcome of the one before. */
export type MembershipStep =
  /** Members that are there already stay as they are. */
  | { readonly kind: 'add'; readonly members: readonly MemberDraft[] }
  /** Ids that are no members' are passed over. */
  | { readonly kind: 'remove'; readonly ids: readonly string[] }
  | { readonly kind: 'removeAll' }
  | { readonly kind: 'removeWhere'; readonly condition: Condition<MemberField> }
  /** Only the difference is written. */
  | { readonly kind: 'replaceAll'; readonly members: readonly MemberDraft[] };

/** The number of a row, and the id that it is known by. */
export interface MemberKey {
  readonly pk: number;
  readonly id: string;
}

/** The row of the user or the group that an id names. */
export interface FoundKey extends MemberKey {
  readonly isUser: boolean;
}

/** A member about to be added, and how it is to be shown. */
export interface FoundMember extends FoundKey {
  readonly display: string | undefined;
}

/** Users and groups. */
export interface MemberKeys {
  readonly users: readonly MemberKey[];
  readonly groups: readonly MemberKey[];
}

/**
 * The turn in which memberships of a tenant change, to be taken before any row is locked: such a change learns on its
 * way which groups and users it must lock, so no order of rows would keep two of them from waiting for each other. A
 * unit of work that will change some of them later begins with it too.
 */
export function membershipTurn(context: TenantContext): string {
  return `memberships of ${context.tenantId}`;
}

/** Users and groups apart. */
export function keysOf(members: readonly FoundKey[]): MemberKeys {
  return {
    users: members.filter(({ isUser }) => isUser),
    groups: members.filter(({ isUser }) => !isUser),
  };
}

export function countOf(keys: MemberKeys): number {
  return keys.users.length + keys.groups.length;
}

export function unionOf(all: readonly MemberKeys[]): MemberKeys {
  return { users: all.flatMap(({ users }) => users), groups: all.flatMap(({ groups }) => groups) };
}

/**
 * The same steps, neighbours of one kind made one: some clients send a thousand operations of one member each. An id
 * that is named twice counts once.
 */
export function mergedSteps(steps: readonly MembershipStep[]): MembershipStep[] {
  const merged: MembershipStep[] = [];
  for (const step of steps) {
    const last = merged.at(-1);
    if (step.kind === 'add' && last?.kind === 'add') {
      merged[merged.length - 1] = { kind: 'add', members: [...last.members, ...step.members] };
    } else if (step.kind === 'remove' && last?.kind === 'remove') {
      merged[merged.length - 1] = { kind: 'remove', ids: [...last.ids, ...step.ids] };
    } else {
      merged.push(step);
    }
  }
  return merged.map(withoutRepeats);
}

function withoutRepeats(step: MembershipStep): MembershipStep {
  if (step.kind === 'remove') return { ...step, ids: [...new Set(step.ids)] };
  if (step.kind !== 'add' && step.kind !== 'replaceAll') return step;
  const members = new Map<string, MemberDraft>();
  for (const member of step.members) if (!members.has(member.id)) members.set(member.id, member);
  return { ...step, members: [...members.values()] };
}

/** A step that names its members by their ids. */
export type NamingStep = Extract<MembershipStep, { readonly kind: 'add' | 'remove' }>;

export function idsOf(step: NamingStep): readonly string[] {
  return step.kind === 'add' ? step.members.map(({ id }) => id) : step.ids;
}

/**
 * Of several changes of one group, those that can be made at once, each as one step: they only say who comes, or who goes,
 * and nobody is named by two of them.
 * @returns a step for each of the changes; undefined for one that has to be made after the others
 */
export function stepsApart(
  changes: readonly (readonly MembershipStep[])[],
): readonly (NamingStep | undefined)[] {
  const named = new Set<string>();
  return changes.map((steps) => {
    const [step, ...others] = mergedSteps(steps);
    if (others.length > 0 || (step?.kind !== 'add' && step?.kind !== 'remove')) return undefined;
    const ids = idsOf(step);
    if (ids.some((id) => named.has(id))) return undefined;
    for (const id of ids) named.add(id);
    return step;
  });
}
