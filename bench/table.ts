import type { Figures } from './figures.js';

interface Column {
  readonly title: string;
  readonly show: (figures: Figures) => string;
}

const columns: readonly Column[] = [
  { title: 'requests/s', show: ({ requestsPerSecond }) => requestsPerSecond.toFixed(0) },
  { title: 'p50 ms', show: ({ p50Ms }) => p50Ms.toFixed(1) },
  { title: 'p99 ms', show: ({ p99Ms }) => p99Ms.toFixed(1) },
  { title: 'CPU ms', show: ({ cpuMs }) => showCpu(cpuMs) },
  { title: 'user', show: ({ userMs }) => showCpu(userMs) },
  { title: 'system', show: ({ systemMs }) => showCpu(systemMs) },
  { title: "database's CPU ms", show: ({ databaseCpuMs }) => showCpu(databaseCpuMs) },
];

/** The figures as a Markdown table that is also easy to read in a terminal. */
export function formatTable(
  rows: readonly { readonly name: string; readonly figures: Figures }[],
): string {
  const header = ['a request', ...columns.map(({ title }) => title)];
  const cells = rows.map(({ name, figures }) => [
    name,
    ...columns.map(({ show }) => show(figures)),
  ]);
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

function showCpu(ms: number | undefined): string {
  return ms === undefined ? '-' : ms.toFixed(2);
}
