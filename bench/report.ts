import type { MeasuredRow } from './measure.js';
import { type Phase, rounds } from './plan.js';
import type { Memory } from './process-usage.js';
import { showCount } from './rows.js';
import { formatFigures } from './table.js';

/** The rows of a store, by how many people that has. */
export interface StoreResult {
  readonly size: number;
  readonly rows: readonly MeasuredRow[];
}

/** What a phase came to, in the store that it belongs to; memory where the system tells it. */
export interface PhaseResult extends StoreResult {
  readonly kind: Phase['kind'];
  /** What the smallest store came to in the same rounds. */
  readonly baseline: StoreResult | undefined;
  readonly idle: Memory | undefined;
  readonly end: Memory | undefined;
}

const titles: Readonly<Record<Phase['kind'], string>> = {
  'look-ups': 'Look-ups',
  creates: 'Creates',
  groups: 'Groups and Bulk',
};

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The phase as a section of Markdown. */
export function printPhase(
  { kind, rows, baseline, idle, end }: PhaseResult,
  people: { readonly before: number; readonly after: number },
): void {
  const more = people.before === people.after ? '' : `, ${showCount(people.after)} at the end`;
  print(`\n### ${titles[kind]} in a store of ${showCount(people.before)} people${more}\n`);
  print(formatFigures(rows));
  if (baseline !== undefined && baseline.rows.length > 0) {
    print(`\nIn the same rounds, in a store of ${showCount(baseline.size)} people:\n`);
    print(formatFigures(baseline.rows));
  }
  const notes = [describeRequests(rows), describeCut(rows), describeMemory(idle, end)];
  for (const note of notes) if (note !== undefined) print(`\n${note}`);
}

function describeRequests(rows: readonly MeasuredRow[]): string {
  const names = new Map<number, string[]>();
  for (const { name, requests } of rows)
    names.set(requests, [...(names.get(requests) ?? []), name]);
  const [[most] = [0], ...fewer] = [...names].sort(([a], [b]) => b - a);
  const exceptions = fewer.map(
    ([requests, rowNames]) => `; ${showCount(requests)} of: ${rowNames.join(', ')}`,
  );
  return `A round is ${showCount(most)} requests${exceptions.join('')}.`;
}

function describeCut(rows: readonly MeasuredRow[]): string | undefined {
  const cut = rows.filter(({ roundsCut }) => roundsCut > 0);
  if (cut.length === 0) return undefined;
  const names = cut.map(({ name, roundsCut }) => `${name} (${roundsCut} of ${rounds} rounds)`);
  return `Time was over before all requests were sent: ${names.join(', ')}.`;
}

function describeMemory(idle: Memory | undefined, end: Memory | undefined): string {
  if (idle === undefined || end === undefined) return 'CPU and memory are told on Linux only.';
  const mib = (value: number) => `${value.toFixed(0)} MiB`;
  return `The server's memory: ${mib(idle.residentMib)} resident after the start, ${mib(end.residentMib)} at the end, ${mib(end.peakMib)} at most.`;
}
