import type { Figures } from './figures.js';
import { bareGroupRow, bulkRow, createRow, groupRow, lookUpRow, memberRow } from './rows.js';

/** A figure of a row; where the row is measured in several stores, in the one of so many users. */
export interface FigureOf {
  readonly row: string;
  readonly users?: number;
  /** The store is the baseline of a larger one, with so many users: the figure is from the same rounds as that one's. */
  readonly baselineOf?: number;
  readonly figure: keyof Pick<Figures, 'cpuMs' | 'requestsPerSecond'>;
}

interface Named {
  readonly what: string;
  readonly at: string;
}

/** The CPU time of one request, of the server's process. */
export interface CpuFloor extends Named {
  readonly kind: 'cpu';
  readonly of: FigureOf;
  readonly mostMs: number;
}

/** One figure as a share of another; of a store and its baseline, the median of the shares in each round. */
export interface RatioFloor extends Named {
  readonly kind: 'ratio';
  readonly of: FigureOf;
  readonly to: FigureOf;
  readonly most?: number;
  readonly least?: number;
}

/** The server's resident memory: right after its start with so many users, or the most in any phase of the run. */
export interface MemoryFloor extends Named {
  readonly kind: 'memory';
  readonly users: number;
  readonly of: 'idle' | 'peak';
  readonly mostMb: number;
}

export type Floor = CpuFloor | RatioFloor | MemoryFloor;

const small = 1_000;
const large = 100_000;
const largest = 1_000_000;
const shown: ReadonlyMap<number, string> = new Map([
  [small, '1k'],
  [10_000, '10k'],
  [large, '100k'],
  [largest, '1M'],
]);

const createMostMs = 1.0;
const getMostMs = 0.25;
const findMostMs = 0.3;
const refuseMostMs = 5;
const pageMostMs = 4;
const middlePageMostMs = 2 * pageMostMs;
const patchMostMs = 0.8;
const memberMostMs = 1.0;
const groupMostMs = 60;
const bareGroupMostMs = 0.4;
const bulkMostMs = 400;

/** The last creates come at no less than this share of the first ones' rate. */
const createRateLeast = 0.8;

/** How much more the same may cost in the largest store than in the smallest. */
const growthMost = 1.2;
const memberGrowthMost = 1.5;

const idleMostMb = 150;
const peakMostMb = 300;

/** What the server must reach, in the order in which it is told. Each of them is a floor: twice that is the aim. */
export const floors: readonly Floor[] = [
  cpu('the first 10,000', createRow.first, small, createMostMs),
  cpu('the last of 100,000', createRow.last, large, createMostMs),
  {
    kind: 'ratio',
    what: 'create, requests/s',
    at: 'the last to the first',
    of: { row: createRow.last, users: large, figure: 'requestsPerSecond' },
    to: { row: createRow.first, users: small, figure: 'requestsPerSecond' },
    least: createRateLeast,
  },
  ...lookUp(lookUpRow.get, getMostMs),
  ...[lookUpRow.nameHit, lookUpRow.nameMiss, lookUpRow.externalId, lookUpRow.workEmail].flatMap(
    (row) => lookUp(row, findMostMs),
  ),
  inStore(lookUpRow.refused, small, refuseMostMs),
  ...[large, largest].flatMap((users) => [
    inStore(lookUpRow.firstPage, users, pageMostMs),
    inStore(lookUpRow.middlePage, users, middlePageMostMs),
    inStore(lookUpRow.lastPage, users, pageMostMs),
    inStore(lookUpRow.firstCursor, users, pageMostMs),
    inStore(lookUpRow.lastCursor, users, pageMostMs),
  ]),
  inStore(lookUpRow.patchActive, large, patchMostMs),
  ...[small, 10_000, large].map((members) => cpu('', memberRow(members), undefined, memberMostMs)),
  {
    kind: 'ratio',
    what: 'PATCH a member in or out, CPU',
    at: 'of 100k to of 1k',
    of: { row: memberRow(large), figure: 'cpuMs' },
    to: { row: memberRow(small), figure: 'cpuMs' },
    most: memberGrowthMost,
  },
  cpu('', groupRow(10_000), undefined, groupMostMs),
  cpu('', bareGroupRow(10_000), undefined, bareGroupMostMs),
  cpu('', bulkRow, undefined, bulkMostMs),
  {
    kind: 'memory',
    what: 'memory, idle',
    at: '1M',
    users: largest,
    of: 'idle',
    mostMb: idleMostMb,
  },
  {
    kind: 'memory',
    what: 'memory, at most',
    at: '1M, the whole run',
    users: largest,
    of: 'peak',
    mostMb: peakMostMb,
  },
];

function lookUp(row: string, mostMs: number): readonly Floor[] {
  return [
    ...[small, large, largest].map((users) => inStore(row, users, mostMs)),
    {
      kind: 'ratio',
      what: `${row}, CPU`,
      at: '1M to 1k',
      of: { row, users: largest, figure: 'cpuMs' },
      to: { row, users: small, baselineOf: largest, figure: 'cpuMs' },
      most: growthMost,
    },
  ];
}

function inStore(row: string, users: number, mostMs: number): Floor {
  return cpu(shown.get(users) ?? '', row, users, mostMs);
}

function cpu(at: string, row: string, users: number | undefined, mostMs: number): Floor {
  const of: FigureOf = { row, figure: 'cpuMs', ...(users === undefined ? {} : { users }) };
  return { kind: 'cpu', what: row, at, of, mostMs };
}
