import type { BenchRequest } from '../load.js';
import type { People } from '../people.js';
import { lookUpRow, pageSize } from '../rows.js';
import { spreadOver } from '../spread.js';
import { expecting, type Scenario, type ScimRequests } from './scenario.js';

/** A page costs about as much as so many people read by id. */
const pageWeight = 4;

/** Pages of the middle begin anywhere in the tenth of the list around it: how far it is from where a search can begin differs. */
const middleShare = 0.1;

/**
 * Full pages of the list of everybody; the total is exact.
 * @param lastCursor of the last full page
 */
export function listScenarios(
  scim: ScimRequests,
  people: People,
  lastCursor: string,
): readonly Scenario[] {
  const page = (query: string, ...parts: readonly string[]): BenchRequest => ({
    ...scim.to('GET', `/Users?${query}&count=${pageSize}`),
    read: expecting(`"totalResults":${people.count},`, `"itemsPerPage":${pageSize},`, ...parts),
  });
  const from = (startIndex: number) =>
    page(`startIndex=${startIndex}`, `"startIndex":${startIndex},`);
  const scenario = (name: string, next: () => BenchRequest): Scenario => ({
    name,
    weight: pageWeight,
    next,
  });
  const lastPageIndex = () => people.count - pageSize + 1;
  let turn = 0;
  return [
    scenario(lookUpRow.firstPage, () => from(1)),
    scenario(lookUpRow.middlePage, () => {
      turn += 1;
      const middle = Math.floor((people.count * (1 - middleShare)) / 2);
      const startIndex = middle + spreadOver(Math.ceil(people.count * middleShare), turn);
      return from(Math.min(startIndex, lastPageIndex()));
    }),
    scenario(lookUpRow.lastPage, () => from(lastPageIndex())),
    scenario(lookUpRow.firstCursor, () => page('cursor=', '"nextCursor":"')),
    scenario(lookUpRow.lastCursor, () => page(`cursor=${lastCursor}`)),
  ];
}
