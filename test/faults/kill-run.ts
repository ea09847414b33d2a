import type { TestDatabase } from '../support/databases.js';
import { databases } from '../support/databases.js';

/** How often a server is killed: a few times in `npm test`, many by `npm run faults`. */
export interface KillRun {
  readonly kills: number;
  readonly seed: number;
}

const killsInTest = 20;

/** The seed of `npm test`, so that two runs of one version kill at the same moments. */
const fixedSeed = 20_251_130;

export function killRun(): KillRun {
  const { FAULT_KILLS: kills, FAULT_SEED: seed } = process.env;
  return {
    kills: kills === undefined ? killsInTest : Number(kills),
    seed: seed === undefined ? fixedSeed : Number(seed),
  };
}

export function databaseNamed(name: TestDatabase['name']): TestDatabase {
  const database = databases.find((one) => one.name === name);
  if (database === undefined) throw new Error(`There is no database ${name}.`);
  return database;
}

/** Says something after a run by `npm run faults`; `npm test` is silent. */
export function tell(what: string): void {
  if (process.env.FAULT_KILLS !== undefined) process.stderr.write(`${what}\n`);
}
