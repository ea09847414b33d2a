/** The names of the rows: what is measured under one is set beside the floor that names it. */

/** How many resources a page has that is asked for. */
export const pageSize = 100;

export const lookUpRow = {
  token: 'token',
  get: 'get by id',
  nameHit: 'userName eq, hit',
  nameMiss: 'userName eq, miss',
  externalId: 'externalId eq',
  workEmail: 'emails[type eq "work"].value eq',
  refused: 'a long filter, refused',
  patchActive: 'PATCH active',
  firstPage: `list of ${pageSize} by startIndex, first page`,
  middlePage: `list of ${pageSize} by startIndex, middle page`,
  lastPage: `list of ${pageSize} by startIndex, last page`,
  firstCursor: `list of ${pageSize} by cursor, first page`,
  lastCursor: `list of ${pageSize} by cursor, last page`,
} as const;

export const createRow = { first: 'create, the first', last: 'create, the last' } as const;

/** The sizes of groups that a member comes into and goes out of, those that the store has enough people for. */
const groupSizes = [1_000, 10_000, 100_000];

/** The group that is read has so many members, or as many as there are people. */
const shownGroupSize = 10_000;

/** How many people a Bulk request creates. */
export const bulkCreates = 1_000;
export const bulkRow = `Bulk of ${showCount(bulkCreates)} creates`;

export function groupSizesFor(users: number): readonly number[] {
  const possible = groupSizes.filter((size) => size <= users);
  return possible.length === 0 ? [users] : possible;
}

export function memberRow(members: number): string {
  return `PATCH a member in or out, of ${showCount(members)}`;
}

export function groupRow(members: number): string {
  return `GET a group of ${showCount(members)}`;
}

export function bareGroupRow(members: number): string {
  return `${groupRow(members)} without members`;
}

/** The rows of groups in a store of so many people. */
export function groupRowsFor(users: number): readonly string[] {
  const sizes = groupSizesFor(users);
  const shown = shownOf(sizes);
  return [...sizes.map(memberRow), groupRow(shown), bareGroupRow(shown)];
}

/** Which of the sizes is read whole. */
export function shownOf(sizes: readonly number[]): number {
  return Math.max(...sizes.filter((size) => size <= shownGroupSize));
}

export function showCount(count: number): string {
  return count.toLocaleString('en-US');
}
