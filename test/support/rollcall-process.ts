import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../dist/cli/rollcall.js', import.meta.url));

/** Long for a start on a busy machine; a server that does not come is a failure, never a wait without end. */
const startTimeoutMs = 60_000;

/** Longer than the server's own patience with running requests. */
const stopTimeoutMs = 25_000;

/** Variables for a process; its own environment has no other `ROLLCALL_…` ones. */
export type Variables = Readonly<Record<string, string>>;

export interface EndedProcess {
  readonly exitCode: number | null;
  readonly out: string;
  readonly error: string;
}

/** A program that runs beside the test. */
export class RunningProcess {
  private readonly chunks = { out: '', error: '' };
  private readonly ended: Promise<number | null>;
  private isEnded = false;

  constructor(
    private readonly child: ChildProcess,
    private readonly isGroup: boolean,
  ) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.chunks.out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.chunks.error += text));
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        this.isEnded = true;
        resolve(code);
      });
    });
  }

  get out(): string {
    return this.chunks.out;
  }

  /** @throws Error when the program could not be started */
  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the program did not start');
    return this.child.pid;
  }

  signal(name: NodeJS.Signals): void {
    if (this.isEnded || this.child.pid === undefined) return;
    if (this.isGroup) process.kill(-this.child.pid, name);
    else this.child.kill(name);
  }

  async end(): Promise<EndedProcess> {
    const exitCode = await this.ended;
    return { exitCode, ...this.chunks };
  }

  /** Ends it, unless that has happened already; what does not end in time is killed. */
  async stop(): Promise<EndedProcess> {
    this.signal('SIGTERM');
    const impatience = setTimeout(() => this.signal('SIGKILL'), stopTimeoutMs);
    const ended = await this.end();
    clearTimeout(impatience);
    return ended;
  }

  /** Waits until the condition holds, and fails with what the program said when it ends or takes too long. */
  async until(
    condition: () => Promise<boolean> | boolean,
    timeoutMs = startTimeoutMs,
  ): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await condition())) {
      if (!this.isEnded && Date.now() < deadline) await pause(50);
      else
        throw new Error(
          `The program ${this.isEnded ? 'ended' : 'did not come'}:\n${this.chunks.out}\n${this.chunks.error}`,
        );
    }
  }

  untilReady(port: number): Promise<void> {
    return this.until(() => isReady(port));
  }
}

/** Starts the built command, as `npm run build` left it. */
export function startRollcall(args: readonly string[], variables: Variables): RunningProcess {
  if (!existsSync(bin)) throw new Error(`${bin} is not there: run npm run build first.`);
  return startProcess(process.execPath, [bin, ...args], { variables });
}

/** Runs the built command to its end. */
export function runRollcall(
  args: readonly string[],
  variables: Variables = {},
): Promise<EndedProcess> {
  return startRollcall(args, variables).end();
}

interface ProcessOptions {
  readonly variables: Variables;
  readonly cwd?: string;
  /** Signals reach the programs that it starts too, as those of a terminal do. */
  readonly isGroup?: boolean;
}

/** Starts any program without this process's `ROLLCALL_…` variables. */
export function startProcess(
  program: string,
  args: readonly string[],
  { variables, cwd, isGroup = false }: ProcessOptions,
): RunningProcess {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(ROLLCALL_|FUSIONAUTH_|NODE_OPTIONS$)/.test(name),
    ),
  );
  const child = spawn(program, args, {
    cwd,
    detached: isGroup,
    env: { ...inherited, NODE_ENV: 'production', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new RunningProcess(child, isGroup);
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/api/health/ready`)).ok;
  } catch {
    return false;
  }
}
