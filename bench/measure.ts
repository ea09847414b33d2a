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
  /** How many requests a round has. */
  readonly requests: number;
  /** In how many rounds time was over before all requests were sent. */
  readonly roundsCut: number;
}

/** What is measured, and by whom. */
export interface Subject {
  readonly server: BenchServer;
  readonly database: BenchDatabase;
  readonly load: LoadGenerator;
}

/** Warms the server up and measures all scenarios in interleaved rounds. */
export async function measureScenarios(
  { server, database, load }: Subject,
  scenarios: readonly Scenario[],
  { requests, warmUpRequests }: Pick<Phase, 'requests' | 'warmUpRequests'>,
): Promise<readonly MeasuredRow[]> {
  const readCpu = (): CpuReading => ({ server: findCpu(server.pid), database: database.findCpu() });
  for (const scenario of scenarios)
    await load.run(scenario.next, shareOf(warmUpRequests, scenario), scenario.atOnce);
  const measured = scenarios.map((scenario) => ({
    scenario,
    results: [] as Figures[],
    roundsCut: 0,
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const row of measured) {
      const { next, atOnce } = row.scenario;
      const wanted = shareOf(requests, row.scenario);
      await pause(settleMs);
      const before = readCpu();
      const result = await load.run(next, wanted, atOnce);
      row.results.push(toFigures(result, before, readCpu()));
      if (result.latenciesMs.length < wanted) row.roundsCut += 1;
    }
  }
  return measured.map(({ scenario, results, roundsCut }) => ({
    name: scenario.name,
    figures: medians(results),
    requests: shareOf(requests, scenario),
    roundsCut,
  }));
}

/** Where the time of each scenario goes, as text. */
export async function profileScenarios(
  { server, load }: Subject,
  scenarios: readonly Scenario[],
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

function shareOf(requests: number, { weight }: Scenario): number {
  return Math.ceil(requests / weight);
}
