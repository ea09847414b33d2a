import type { Figures } from './figures.js';

interface Column {
  readonly title: string;
  readonly show: (figures: Figures) => string;
}

const columns: readonly Column[] = [
  { title: 'requests/s', show: ({ requestsPerSecond }) => showRate(requestsPerSecond) },
  { title: 'p50 ms', show: ({ p50Ms }) => p50Ms.toFixed(1) },
  { title: 'p99 ms', show: ({ p99Ms }) => p99Ms.toFixed(1) },
  { title: 'CPU ms', show: ({ cpuMs }) => showCpu(cpuMs) },
  { title: 'user', show: ({ userMs }) => showCpu(userMs) },
  { title: 'system', show: ({ systemMs }) => showCpu(systemMs) },
  { title: "database's CPU ms", show: ({ databaseCpuMs }) => showCpu(databaseCpuMs) },
];

/** Below it, whole numbers tell too little. */
const wholeRateMin = 10;

/** The figures as a Markdown table. */
export function formatFigures(
  rows: readonly { readonly name: string; readonly figures: Figures }[],
): string {
  return formatTable(
    ['a request', ...columns.map(({ title }) => title)],
    rows.map(({ name, figures }) => [name, ...columns.map(({ show }) => show(figures))]),
  );
}

/** A Markdown table that is also easy to read in a terminal. Numbers stand on the right, from the second column on. */
export function formatTable(
  header: readonly string[],
  cells: readonly (readonly string[])[],
): string {
  const widths = header.map((title, index) =>
    Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const toLine = (row: readonly string[]) =>
    `| ${row.map((cell, index) => pad(cell, widths[index] ?? 0, index)).join(' | ')} |`;
  const rule = `| ${widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [toLine(header), rule, ...cells.map(toLine)].join('\n');
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function showRate(perSecond: number): string {
  return perSecond.toFixed(perSecond < wholeRateMin ? 1 : 0);
}

function showCpu(ms: number | undefined): string {
  return ms === undefined ? '-' : ms.toFixed(2);
}
