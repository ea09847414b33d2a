/** Counts checks and prints a line for each; the last line is what the runner reads. */
export class Checks {
  private passed = 0;
  private failed = 0;

  /** Passes unless the body throws. */
  async check(name: string, body: () => void | Promise<void>): Promise<void> {
    try {
      await body();
      this.passed += 1;
      process.stdout.write(`passed  ${name}\n`);
    } catch (error) {
      this.failed += 1;
      process.stdout.write(`FAILED  ${name}: ${describe(error)}\n`);
    }
  }

  end(): void {
    process.stdout.write(`${this.passed} passed, ${this.failed} failed\n`);
    process.exitCode = this.failed === 0 ? 0 : 1;
  }
}

/** A variable that the runner passes. */
export function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: start this by npm run clients.`);
  return value;
}

function describe(error: unknown): string {
  if (error instanceof Error) return error.message;
  // FusionAuth's client throws its answer, which is no Error.
  return JSON.stringify(error);
}
