import { filterComparisonsMax } from '../../src/scim-core/filter/filter-parser.js';
import type { BenchRequest } from '../load.js';
import { externalIdOf, newUserOf, type People, userNameOf } from '../people.js';
import { lookUpRow } from '../rows.js';
import { expecting, patchOf, type Scenario, type ScimRequests } from './scenario.js';

/** As many comparisons as a filter may have, of which the last can not be searched by. */
const refusedFilter = `${'title co "engineer" and '.repeat(filterComparisonsMax - 1)}groups.type eq "direct"`;

/**
 * Look-ups are cheap, and compared between stores. A round of four times as many lasts for a second: the processor's time is
 * counted in hundredths of one, and a scenario first brings back what the one before drove out of the database's cache.
 */
const lookUpWeight = 1 / 4;

/** One person at a time: read, found in the ways in which clients look for them, changed. */
export function userScenarios(scim: ScimRequests, people: People): readonly Scenario[] {
  const find = (filter: string, userName: string) => ({
    ...scim.to('GET', `/Users?filter=${encodeURIComponent(filter)}`),
    read: expecting('"totalResults":1,', `"userName":"${userName}"`),
  });
  const lookUp = (name: string, next: () => BenchRequest): Scenario => ({
    name,
    weight: lookUpWeight,
    next,
  });
  const scenario = (name: string, next: () => BenchRequest): Scenario => ({
    name,
    weight: 1,
    next,
  });
  return [
    lookUp(lookUpRow.get, () => {
      const { id } = people.next();
      return { ...scim.to('GET', `/Users/${id}`), read: expecting(`"id":"${id}"`) };
    }),
    lookUp(lookUpRow.nameHit, () => {
      const userName = userNameOf(people.next().number);
      return find(`userName eq "${userName}"`, userName);
    }),
    lookUp(lookUpRow.nameMiss, () => {
      const filter = `userName eq "not.${userNameOf(people.next().number)}"`;
      return {
        ...scim.to('GET', `/Users?filter=${encodeURIComponent(filter)}`),
        read: expecting('"totalResults":0,'),
      };
    }),
    lookUp(lookUpRow.externalId, () => {
      const { number } = people.next();
      return find(`externalId eq "${externalIdOf(number)}"`, userNameOf(number));
    }),
    lookUp(lookUpRow.workEmail, () => {
      const userName = userNameOf(people.next().number);
      return find(`emails[type eq "work"].value eq "${userName}"`, userName);
    }),
    scenario(lookUpRow.refused, () => ({
      ...scim.to('GET', `/Users?filter=${encodeURIComponent(refusedFilter)}`),
      status: 400,
      read: expecting('"scimType":"invalidFilter"'),
    })),
    scenario(lookUpRow.patchActive, () => flipActive(scim, people)),
  ];
}

/** People who come, each with a number of their own. */
export function createScenario(name: string, scim: ScimRequests, people: People): Scenario {
  const next = (): BenchRequest => {
    const number = people.nextNumber();
    const read = (body: string) => {
      const { id }: { id?: unknown } = JSON.parse(body);
      if (typeof id !== 'string') throw new Error(`A new user has no id: ${body}`);
      people.keep({ number, id });
    };
    return { ...scim.to('POST', '/Users', newUserOf(number)), status: 201, read };
  };
  return { name, weight: 1, next };
}

function flipActive(scim: ScimRequests, people: People): BenchRequest {
  const person = people.next();
  const active = people.flip(person);
  const body = patchOf({ op: 'replace', value: { active } });
  return {
    ...scim.to('PATCH', `/Users/${person.id}`, body),
    read: expecting(`"id":"${person.id}"`, `"active":${active}`),
  };
}
