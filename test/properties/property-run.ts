/** How a property is run: few cases from a fixed seed in `npm test`, many from another one by `npm run fuzz`. */
export interface PropertyRun {
  readonly cases: number;
  readonly seed: number;
  /** The run ends after so long even if there are cases left; undefined in `npm test`, where every case counts. */
  readonly limitMs: number | undefined;
  /** What a test may take, for the test runner. */
  readonly timeoutMs: number;
}

/** The seed of `npm test`, so that two runs of one version try the same cases. */
const fixedSeed = 20_250_601;

/** @param casesInTest how many cases `npm test` tries */
export function propertyRun(casesInTest: number): PropertyRun {
  const { FUZZ_CASES: cases, FUZZ_SECONDS: seconds, FUZZ_SEED: seed } = process.env;
  if (cases === undefined || seconds === undefined || seed === undefined) {
    return { cases: casesInTest, seed: fixedSeed, limitMs: undefined, timeoutMs: 300_000 };
  }
  const limitMs = Number(seconds) * 1_000;
  // A case that has begun is ended, and a fault is made small, beyond the limit.
  return { cases: Number(cases), seed: Number(seed), limitMs, timeoutMs: limitMs + 300_000 };
}

/** Says after a fuzz run how far it came; `npm test` is silent. */
export function tell(run: PropertyRun, what: string, done: number): void {
  if (run.limitMs !== undefined) process.stdout.write(`${what}: ${done} cases, seed ${run.seed}\n`);
}

/** Whether a fuzz run has had its time. */
export function isOver(run: PropertyRun, startedMs: number): boolean {
  return run.limitMs !== undefined && performance.now() - startedMs > run.limitMs;
}
