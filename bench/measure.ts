import { setTimeout as pause } from 'node:timers/promises';
import type { BenchDatabase } from './database.js';
import { type CpuReading, type Figures, medians, toFigures } from './figures.js';
import type { LoadGenerator } from './load.js';
import { type Phase, rounds } from './plan.js';
import { findCpu } from './process-usage.js';
import { formatProfile, profileDuring } from './profile.js';
import type { Scenario } from './scenarios/scenario.js';
import type { BenchServer } from './server.js';

/** Work that the server does after its answers should not be counted for the next measurement. */
const settleMs = 200;

/** What one row came to: the medians of its rounds. */
export interface MeasuredRow {
  readonly name: string;
  readonly figures: Figures;
  /** Those of each round, in their order. */
  readonly rounds: readonly Figures[];
  /** How many requests a round has. */
  readonly requests: number;
  /** In how many rounds time was over before all requests were sent. */
  readonly roundsCut: number;
}

/** A server, what is measured of it, and by whom. */
export interface Subject {
  readonly server: BenchServer;
  readonly load: LoadGenerator;
  readonly scenarios: readonly Scenario[];
}

/** A scenario of a subject, and what came of its rounds until now. */
interface Measured {
  readonly subject: Subject;
  readonly scenario: Scenario;
  readonly results: Figures[];
  roundsCut: number;
}

/**
 * Warms the servers up and measures all scenarios in interleaved rounds. Of several servers the same scenario is measured
 * one right after the other, so that good and bad minutes are the same for all, and by turns in the one order and in the
 * other, since whoever comes first pays for what the scenario before has left.
 * @returns the rows of each of the subjects
 */
export async function measureScenarios(
  database: BenchDatabase,
  subjects: readonly Subject[],
  { requests, warmUpRequests }: Pick<Phase, 'requests' | 'warmUpRequests'>,
): Promise<readonly (readonly MeasuredRow[])[]> {
  await database.warm();
  for (const { load, scenarios } of subjects) {
    for (const scenario of scenarios)
      await load.run(scenario.next, warmUpOf(warmUpRequests, scenario), scenario.atOnce);
  }
  const measured: Measured[] = subjects.flatMap((subject) =>
    subject.scenarios.map((scenario) => ({ subject, scenario, results: [], roundsCut: 0 })),
  );
  const names = measured.map(({ scenario }) => scenario.name);
  const orders = [measured, measured.toReversed()].map((rows) =>
    rows.toSorted((a, b) => names.indexOf(a.scenario.name) - names.indexOf(b.scenario.name)),
  );
  for (let round = 0; round < rounds; round += 1) {
    await database.warm();
    for (const row of orders[round % orders.length] ?? [])
      await measureRound(database, row, requests);
  }
  return subjects.map((subject) =>
    measured.filter((row) => row.subject === subject).map((row) => toRow(row, requests)),
  );
}

async function measureRound(
  database: BenchDatabase,
  row: Measured,
  requests: number,
): Promise<void> {
  const { subject, scenario, results } = row;
  const readCpu = (): CpuReading => ({
    server: findCpu(subject.server.pid),
    database: database.findCpu(),
  });
  const wanted = shareOf(requests, scenario);
  await pause(settleMs);
  const before = readCpu();
  const result = await subject.load.run(scenario.next, wanted, scenario.atOnce);
  results.push(toFigures(result, before, readCpu()));
  if (result.latenciesMs.length < wanted) row.roundsCut += 1;
}

function toRow({ scenario, results, roundsCut }: Measured, requests: number): MeasuredRow {
  return {
    name: scenario.name,
    figures: medians(results),
    rounds: results,
    requests: shareOf(requests, scenario),
    roundsCut,
  };
}

/** Where the time of each scenario goes, as text. */
export async function profileScenarios(
  { server, load, scenarios }: Subject,
  requests: number,
): Promise<string> {
  const texts: string[] = [];
  for (const scenario of scenarios) {
    const { name, next, atOnce } = scenario;
    const share = shareOf(requests, scenario);
    const taken = await profileDuring(server.process, () => load.run(next, share, atOnce));
    texts.push(`${name}: JavaScript's thread, time of their own\n${formatProfile(taken, share)}`);
  }
  return texts.join('\n\n');
}

/** What is compiled after so many requests is so for cheap ones too. */
function warmUpOf(requests: number, { weight }: Scenario): number {
  return Math.ceil(requests / Math.max(1, weight));
}

function shareOf(requests: number, { weight }: Scenario): number {
  return Math.ceil(requests / weight);
}
