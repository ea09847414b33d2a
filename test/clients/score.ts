/** What a program counted. Client faults are checks that the library itself makes impossible. */
export interface Score {
  readonly passed: number;
  readonly failed: number;
  readonly clientFaults: number;
}

/** How a client's run ended. Only `ran` says something about the server. */
export type Outcome =
  | { readonly kind: 'ran'; readonly score: Score }
  | { readonly kind: 'skipped'; readonly missing: string }
  | { readonly kind: 'broken'; readonly reason: string };

export const exitCodes = { passed: 0, failed: 1, wrongCall: 2, skipped: 3 };

const countsLine = /^(\d+) passed, (\d+) failed$/;
const faultsLine = /^(\d+) failed by the client's own fault$/;

/**
 * Reads a program's last lines. A program that ended without its counts, that checked nothing, or whose exit code
 * contradicts its counts is broken, whatever else it printed.
 */
export function judge(out: string, exitCode: number | null): Outcome {
  const lines = out.trimEnd().split('\n');
  const counts = countsLine.exec(lines.at(-1) ?? '');
  if (counts === null) return broken(`it ended with ${exitCode ?? 'a signal'} and no counts`);
  const [passed, failed] = [Number(counts[1]), Number(counts[2])];
  const clientFaults = Number(faultsLine.exec(lines.at(-2) ?? '')?.[1] ?? 0);
  if (passed + failed === 0) return broken('it checked nothing');
  if ((failed === 0) !== (exitCode === 0))
    return broken(`it counted ${failed} failed and ended with ${exitCode ?? 'a signal'}`);
  return { kind: 'ran', score: { passed, failed, clientFaults } };
}

/** One line for each client, for the table at the end. */
export function describe(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'ran': {
      const { passed, failed, clientFaults } = outcome.score;
      const faults = clientFaults === 0 ? '' : `, ${clientFaults} by the client's own fault`;
      return `${passed} passed, ${failed} failed${faults}`;
    }
    case 'skipped':
      return `skipped: ${outcome.missing} is not there`;
    case 'broken':
      return `failed: ${outcome.reason}`;
  }
}

/** Adds up checks; a broken client is one failure, and a skipped one is counted as skipped and never as passed. */
export function sumUp(outcomes: readonly Outcome[]): {
  readonly line: string;
  readonly exitCode: number;
} {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const outcome of outcomes) {
    if (outcome.kind === 'ran') {
      passed += outcome.score.passed;
      failed += outcome.score.failed;
    } else if (outcome.kind === 'broken') failed += 1;
    else skipped += 1;
  }
  const tail = skipped === 0 ? '' : `, ${skipped} skipped`;
  return {
    line: `${passed} passed, ${failed} failed${tail}`,
    exitCode: exitCodeOf(failed, skipped),
  };
}

function exitCodeOf(failed: number, skipped: number): number {
  if (failed > 0) return exitCodes.failed;
  return skipped > 0 ? exitCodes.skipped : exitCodes.passed;
}

function broken(reason: string): Outcome {
  return { kind: 'broken', reason };
}
