import { type Figures, median } from './figures.js';
import { type FigureOf, type Floor, floors, type MemoryFloor, type RatioFloor } from './floors.js';
import type { MeasuredRow } from './measure.js';
import type { PhaseResult } from './report.js';
import { formatTable } from './table.js';

/** Operating systems count in these, floors in millions of bytes. */
const mbPerMib = 1.048576;

/** Every floor beside what was measured, as a Markdown table. */
export function formatSummary(results: readonly PhaseResult[]): string {
  return formatTable(
    ['what', 'at', 'floor', 'measured', 'verdict'],
    floors.map((floor) => {
      const value = findValue(floor, results);
      return [floor.what, floor.at, showLimit(floor), showValue(floor, value), judge(floor, value)];
    }),
  );
}

function findValue(floor: Floor, results: readonly PhaseResult[]): number | undefined {
  switch (floor.kind) {
    case 'cpu':
      return findFigure(floor.of, results);
    case 'memory':
      return findMemory(floor, results);
    case 'ratio':
      return findRatio(floor, results);
  }
}

function findRatio({ of, to }: RatioFloor, results: readonly PhaseResult[]): number | undefined {
  const [row, base] = [findRow(of, results), findRow(to, results)];
  if (row === undefined || base === undefined) return undefined;
  const share = (figures: Figures, others: Figures | undefined) =>
    (figures[of.figure] ?? Number.NaN) / (others?.[to.figure] ?? Number.NaN);
  // The rounds of a store and its baseline took turns: in each pair the minutes were as good for the one as for the other.
  const ratio =
    to.baselineOf === undefined
      ? share(row.figures, base.figures)
      : median(row.rounds.map((figures, round) => share(figures, base.rounds[round])));
  return Number.isNaN(ratio) ? undefined : ratio;
}

function findFigure(of: FigureOf, results: readonly PhaseResult[]): number | undefined {
  return findRow(of, results)?.figures[of.figure];
}

function findRow(
  { row, users, baselineOf }: FigureOf,
  results: readonly PhaseResult[],
): MeasuredRow | undefined {
  const stores =
    baselineOf === undefined
      ? results
      : results.flatMap(({ size, baseline }) => (size === baselineOf ? (baseline ?? []) : []));
  return stores
    .filter(({ size }) => users === undefined || size === users)
    .flatMap(({ rows }) => rows)
    .find(({ name }) => name === row);
}

/** The most of a whole run is known only when the run came to so many users. */
function findMemory(
  { of, users }: MemoryFloor,
  results: readonly PhaseResult[],
): number | undefined {
  const large = results.filter((result) => result.size === users);
  const mib =
    of === 'idle'
      ? large.map(({ idle }) => idle?.residentMib)
      : large.length > 0
        ? results.map(({ end }) => end?.peakMib)
        : [];
  const known = mib.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known) * mbPerMib;
}

function judge(floor: Floor, value: number | undefined): string {
  if (value === undefined) return 'not measured';
  const [least, most] = limitsOf(floor);
  return value >= least && value <= most ? 'met' : 'not met';
}

function limitsOf(floor: Floor): readonly [least: number, most: number] {
  switch (floor.kind) {
    case 'cpu':
      return [0, floor.mostMs];
    case 'memory':
      return [0, floor.mostMb];
    case 'ratio':
      return [floor.least ?? 0, floor.most ?? Infinity];
  }
}

function showLimit(floor: Floor): string {
  const [least, most] = limitsOf(floor);
  return most === Infinity
    ? `at least ${showValue(floor, least)}`
    : `at most ${showValue(floor, most)}`;
}

function showValue({ kind }: Floor, value: number | undefined): string {
  if (value === undefined) return '-';
  switch (kind) {
    case 'cpu':
      return `${value.toFixed(2)} ms`;
    case 'memory':
      return `${value.toFixed(0)} MB`;
    case 'ratio':
      return `${(100 * value).toFixed(0)} %`;
  }
}
