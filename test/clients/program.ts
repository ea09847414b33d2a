import { startProcess, type EndedProcess, type Variables } from '../support/rollcall-process.js';

interface ProgramOptions {
  readonly variables: Variables;
  readonly cwd?: string | undefined;
  readonly timeoutMs: number;
}

/** Runs a program to its end, or kills it when it takes too long; it never outlives the runner. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { variables, cwd, timeoutMs }: ProgramOptions,
): Promise<EndedProcess> {
  const running = startProcess(program, args, { variables, ...(cwd === undefined ? {} : { cwd }) });
  const kill = () => running.signal('SIGKILL');
  const impatience = setTimeout(kill, timeoutMs);
  process.once('exit', kill);
  try {
    return await running.end();
  } finally {
    clearTimeout(impatience);
    process.off('exit', kill);
  }
}
