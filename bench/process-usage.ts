import { readFileSync } from 'node:fs';

/** What a process has used since it began. */
export interface CpuTime {
  readonly userMs: number;
  readonly systemMs: number;
}

export interface Memory {
  readonly residentMib: number;
  readonly peakMib: number;
}

/** Linux tells user space its times in hundredths of a second, whatever the kernel counts in. */
const tickMs = 10;

/** The CPU time of a process with all its threads; undefined where there is no /proc. */
export function findCpu(pid: number): CpuTime | undefined {
  const ticks = findTicks(pid);
  return ticks && { userMs: ticks.user * tickMs, systemMs: ticks.system * tickMs };
}

/** The same with its children, those that have ended included. */
export function findCpuWithChildren(pid: number): CpuTime | undefined {
  const ticks = findTicks(pid);
  const children = findText(`/proc/${pid}/task/${pid}/children`);
  if (ticks === undefined || children === undefined) return undefined;
  const living = children
    .split(' ')
    .filter((child) => child !== '')
    .map(Number);
  const times = living.map((child) => findCpu(child) ?? { userMs: 0, systemMs: 0 });
  return {
    userMs: (ticks.user + ticks.endedUser) * tickMs + sum(times.map(({ userMs }) => userMs)),
    systemMs:
      (ticks.system + ticks.endedSystem) * tickMs + sum(times.map(({ systemMs }) => systemMs)),
  };
}

export function findMemory(pid: number): Memory | undefined {
  const status = findText(`/proc/${pid}/status`);
  if (status === undefined) return undefined;
  const mibOf = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { residentMib: mibOf('VmRSS'), peakMib: mibOf('VmHWM') };
}

function findTicks(pid: number) {
  const stat = findText(`/proc/${pid}/stat`);
  // The second field is the command in parentheses and may hold spaces: count from its end (proc_pid_stat(5)).
  const fields = stat
    ?.slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  if (fields === undefined) return undefined;
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
  return { user, system, endedUser, endedSystem };
}

function findText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
