import type { BenchRequest } from '../load.js';
import { bareGroupRow, groupRow, memberRow, shownOf } from '../rows.js';
import type { SeededGroup } from '../seed.js';
import { expecting, patchOf, type Scenario, type ScimRequests } from './scenario.js';

const memberWeight = 2;

/** A whole group of ten thousand costs about as much as so many people read by id. */
const wholeGroupWeight = 40;

/** The groups without their members, the largest with them, and members who come and go. */
export function groupScenarios(
  scim: ScimRequests,
  groups: readonly SeededGroup[],
): readonly Scenario[] {
  const shownSize = shownOf(groups.map(({ members }) => members));
  const shown = groups.find(({ members }) => members === shownSize);
  if (shown === undefined) throw new Error('groups are made before they are asked for');
  return [
    ...groups.map((group) => memberScenario(scim, group)),
    {
      name: groupRow(shown.members),
      weight: wholeGroupWeight,
      // A client reads such a group by itself, and sixteen at a time would measure how they queue.
      atOnce: 1,
      next: () => ({
        ...scim.to('GET', `/Groups/${shown.id}`),
        read: expecting(`"id":"${shown.id}"`, `"value":"${shown.staying}"`),
      }),
    },
    {
      name: bareGroupRow(shown.members),
      weight: 1,
      next: () => ({
        ...scim.to('GET', `/Groups/${shown.id}?excludedAttributes=members`),
        read: expecting(`"id":"${shown.id}"`),
      }),
    },
  ];
}

/** Each of a few members goes, the next time comes back: what changes nothing would cost nothing. */
function memberScenario(scim: ScimRequests, group: SeededGroup): Scenario {
  const absent = new Set<string>();
  let turn = 0;
  const next = (): BenchRequest => {
    const id = group.comingAndGoing[turn % group.comingAndGoing.length] ?? '';
    turn += 1;
    const isBack = absent.delete(id);
    if (!isBack) absent.add(id);
    const operation = isBack
      ? { op: 'add', path: 'members', value: [{ value: id }] }
      : { op: 'remove', path: `members[value eq "${id}"]` };
    return { ...scim.to('PATCH', `/Groups/${group.id}`, patchOf(operation)), status: 204 };
  };
  return { name: memberRow(group.members), weight: memberWeight, next };
}
