import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Profiler, Runtime } from 'node:inspector';

/** What is to be loaded into a server that is to be profiled. */
export const profilePreload = new URL('./profile-preload.js', import.meta.url);

const linesShown = 12;

/** Profiles the server, which has the preload in it, while the work runs. Threads other than JavaScript's are not seen. */
export async function profileDuring(
  server: ChildProcess,
  work: () => Promise<unknown>,
): Promise<Profiler.Profile> {
  await ask(server, 'start');
  await work();
  const { profile } = await ask(server, 'stop');
  if (profile === undefined) throw new Error('the profiler gave no profile');
  return profile;
}

/** The functions and the places (packages, our rooms, Node itself) with the most time of their own. */
export function formatProfile(profile: Profiler.Profile, requests: number): string {
  const byFunction = new Map<string, number>();
  const byPlace = new Map<string, number>();
  for (const { frame, caller, ms } of timesByFrame(profile)) {
    const isNative = frame.url === '' && !frame.functionName.startsWith('(');
    add(byFunction, isNative ? `native code called by ${toName(caller)}` : toName(frame), ms);
    add(byPlace, placeOf(isNative ? caller : frame), ms);
  }
  const busyMs = [...byPlace.values()].reduce((total, ms) => total + ms, 0);
  const toLines = (times: ReadonlyMap<string, number>) =>
    [...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, linesShown)
      .map(([name, ms]) => `  ${percent(ms / busyMs)}  ${(ms / requests).toFixed(3)} ms  ${name}`);
  return ['by place:', ...toLines(byPlace), 'by function:', ...toLines(byFunction)].join('\n');
}

async function ask(
  server: ChildProcess,
  wish: 'start' | 'stop',
): Promise<{ profile?: Profiler.Profile }> {
  const answered = once(server, 'message');
  server.send(wish);
  const [answer]: { profile?: Profiler.Profile; error?: string }[] = await answered;
  if (answer === undefined) throw new Error('a message is one value');
  if (answer.error !== undefined) throw new Error(`The profiler failed: ${answer.error}`);
  return answer;
}

interface FrameTime {
  readonly frame: Runtime.CallFrame;
  /** The nearest JavaScript around it: V8 shows native code under names that say little. */
  readonly caller: Runtime.CallFrame;
  readonly ms: number;
}

/** What each frame took by itself; the time in which there was nothing to do is left out. */
function timesByFrame({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): FrameTime[] {
  const times = new Map<number, number>();
  // Each sample stands for the time until the next one.
  samples.forEach((id, index) => add(times, id, (timeDeltas[index + 1] ?? 0) / 1000));
  const callers = new Map<number, Runtime.CallFrame>();
  return nodes.flatMap(({ id, callFrame: frame, children = [] }) => {
    const caller = callers.get(id) ?? frame;
    for (const child of children) callers.set(child, frame.url === '' ? caller : frame);
    return frame.functionName === '(idle)' ? [] : [{ frame, caller, ms: times.get(id) ?? 0 }];
  });
}

function add<Key>(times: Map<Key, number>, key: Key, ms: number): void {
  times.set(key, (times.get(key) ?? 0) + ms);
}

/** `fastify`, `src/scim-core`, `node`, or what V8 calls its own doings. */
function placeOf({ url, functionName }: Runtime.CallFrame): string {
  const inPackage = /^((?:@[^/]+\/)?[^/]+)\//.exec(findAfter(url, '/node_modules/') ?? '')?.[1];
  if (inPackage !== undefined) return inPackage;
  const room = /^([^/]+)\//.exec(findAfter(url, '/dist/') ?? '')?.[1];
  if (room !== undefined) return `src/${room}`;
  return url === '' ? functionName : 'node';
}

function toName({ url, functionName, lineNumber }: Runtime.CallFrame): string {
  if (url === '') return functionName;
  const own = findAfter(url, '/dist/');
  const file = findAfter(url, '/node_modules/') ?? (own === undefined ? url : `dist/${own}`);
  return `${functionName || '(anonymous)'}, ${file}:${lineNumber + 1}`;
}

/** What stands after the last such folder of a path. */
function findAfter(path: string, folder: string): string | undefined {
  const place = path.lastIndexOf(folder);
  return place < 0 ? undefined : path.slice(place + folder.length);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1).padStart(5)} %`;
}
