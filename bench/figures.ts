import type { LoadResult } from './load.js';
import type { CpuTime } from './process-usage.js';

/** What one measurement came to; CPU is for each request, and undefined where the system does not tell. */
export interface Figures {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMs: number | undefined;
  readonly userMs: number | undefined;
  readonly systemMs: number | undefined;
  readonly databaseCpuMs: number | undefined;
}

/** The CPU times of the server and of its database at one moment. */
export interface CpuReading {
  readonly server: CpuTime | undefined;
  readonly database: CpuTime | undefined;
}

export function toFigures(load: LoadResult, before: CpuReading, after: CpuReading): Figures {
  const requests = load.latenciesMs.length;
  const server = difference(before.server, after.server);
  const database = difference(before.database, after.database);
  return {
    requestsPerSecond: requests / load.seconds,
    p50Ms: quantile(load.latenciesMs, 0.5),
    p99Ms: quantile(load.latenciesMs, 0.99),
    cpuMs: server && (server.userMs + server.systemMs) / requests,
    userMs: server && server.userMs / requests,
    systemMs: server && server.systemMs / requests,
    databaseCpuMs: database && (database.userMs + database.systemMs) / requests,
  };
}

/** The median of each figure by itself: one disturbed round does not show. */
export function medians(rounds: readonly Figures[]): Figures {
  const known = (pick: (figures: Figures) => number | undefined) => {
    const values = rounds.map(pick).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : median(values);
  };
  return {
    requestsPerSecond: median(rounds.map(({ requestsPerSecond }) => requestsPerSecond)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    cpuMs: known(({ cpuMs }) => cpuMs),
    userMs: known(({ userMs }) => userMs),
    systemMs: known(({ systemMs }) => systemMs),
    databaseCpuMs: known(({ databaseCpuMs }) => databaseCpuMs),
  };
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** @param sorted from the smallest to the largest */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? Number.NaN;
}

function difference(before: CpuTime | undefined, after: CpuTime | undefined): CpuTime | undefined {
  if (before === undefined || after === undefined) return undefined;
  return { userMs: after.userMs - before.userMs, systemMs: after.systemMs - before.systemMs };
}
