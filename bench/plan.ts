import type { BenchOptions } from './options.js';
import { bulkRow, createRow, groupRowsFor, lookUpRow } from './rows.js';

/** The rounds of all rows of a phase are interleaved, so that a disturbance from outside meets one round of each. */
export const rounds = 7;

/**
 * Until V8 has compiled what is hot, which takes it some thousand requests of each kind, and the database's pages are in
 * memory. A server is started once and lives for weeks.
 */
const warmUpMax = 10_000;
/** Each of these is somebody more in the store. */
const createsWarmUpMax = 3_000;

const smallStore = 1_000;
const largeStore = 100_000;

/** How many people are created in all, of those who come first and of those who come last. */
const createsMax = 10_000;

/** Of a run with fewer requests, so many times the requests of a round. */
const createsForEachRequest = 5;

/** One start of the server, and what is measured until it is stopped. */
export interface Phase {
  readonly kind: 'look-ups' | 'creates' | 'groups';
  /** The store that it belongs to, by how many people that has. */
  readonly size: number;
  /** So many people are in the store when it begins; more, when those before it left more. */
  readonly users: number;
  readonly rows: readonly string[];
  /** Whether a copy of the store, as it is when the phase begins, is the baseline of another phase. */
  readonly isBaseline: boolean;
  /** Whether the baseline is measured in the same rounds. */
  readonly hasBaseline: boolean;
  /** Of each round, of a row that does not cost more than others. */
  readonly requests: number;
  readonly warmUpRequests: number;
}

const alone = { isBaseline: false, hasBaseline: false } as const;

/**
 * The phases of a run on one database: the stores from the smallest to the largest, creates behind the smallest and on
 * the way to the next one, and at last the groups, since people in groups are more to read. Phases of which no row is
 * wanted are left out.
 */
export function planPhases({ users, requests, only }: BenchOptions): readonly Phase[] {
  const sizes = [...[smallStore, largeStore].filter((size) => size < users), users];
  const warmUpRequests = Math.min(warmUpMax, 5 * requests);
  const [smallest = users, next] = sizes;
  const creates = createsOf(requests, next === undefined ? undefined : next - smallest);
  const phases: readonly Phase[] = sizes.flatMap((size) => {
    const lookUps: Phase = {
      kind: 'look-ups',
      size,
      users: size,
      rows: Object.values(lookUpRow),
      requests,
      warmUpRequests,
      isBaseline: size === smallest && size !== users,
      hasBaseline: size === users && size !== smallest,
    };
    const before = next !== undefined && size === next ? [comingTo(size, creates)] : [];
    const after = size === smallest ? [comingFrom(size, creates)] : [];
    return [...before, lookUps, ...after];
  });
  const groups: Phase = {
    kind: 'groups',
    size: users,
    users,
    rows: [...groupRowsFor(users), bulkRow],
    requests,
    warmUpRequests,
    ...alone,
  };
  const parts = only.split(',');
  const wanted = (row: string) => parts.some((part) => row.toLowerCase().includes(part.trim()));
  return [...phases, groups]
    .map((phase) => ({ ...phase, rows: phase.rows.filter(wanted) }))
    .filter(({ rows }) => rows.length > 0);
}

interface Creates {
  readonly requests: number;
  readonly warmUpRequests: number;
}

/** @param room for both creates and their warm-ups between one store and the next */
function createsOf(requests: number, room: number | undefined): Creates {
  const most = Math.min(createsMax, createsForEachRequest * requests);
  const inAll = Math.min(most, Math.floor((room ?? Infinity) / 4));
  const ofRound = Math.max(1, Math.floor(inAll / rounds));
  return { requests: ofRound, warmUpRequests: Math.min(createsWarmUpMax, inAll) };
}

function comingFrom(size: number, creates: Creates): Phase {
  return { kind: 'creates', size, users: size, rows: [createRow.first], ...creates, ...alone };
}

function comingTo(size: number, creates: Creates): Phase {
  const users = size - rounds * creates.requests - creates.warmUpRequests;
  return { kind: 'creates', size, users, rows: [createRow.last], ...creates, ...alone };
}
