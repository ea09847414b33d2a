import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../test/support/free-port.js';

/** What the load needs to know to act as a SCIM client. */
export interface Connection {
  readonly port: number;
  readonly tenantId: string;
  readonly clientEntityId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly serverEntityId: string;
  readonly bearerToken: string;
}

/** The server, in a process of its own so that its CPU time can be told from the load's. */
export interface BenchServer {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly connection: Connection;
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;
const lookAgainMs = 50;
const errorCharactersKept = 4_000;

/**
 * Starts the built server, logging each request to a file: the first time in a folder as `quickstart` does, which makes
 * the SCIM connection, and from then on as `serve` does, with the connection that is there. Quickstart tries it out, which
 * reads whole groups: a server that has done that is no idle one.
 * @param preload a module to load into the server's process, which can then be spoken to
 * @throws Error with what the server wrote, when it does not come up
 */
export async function startServer(
  folder: string,
  databaseEnvironment: Readonly<Record<string, string>>,
  preload: URL | undefined,
): Promise<BenchServer> {
  const port = await freePort();
  const isFirst = (await findKept(folder)) === undefined;
  const log = openSync(join(folder, 'bench.log'), 'a');
  const child = spawn(
    process.execPath,
    [
      ...(preload === undefined ? [] : ['--import', preload.href]),
      'dist/cli/rollcall.js',
      isFirst ? 'quickstart' : 'serve',
    ],
    {
      // Nothing of the caller's own settings reaches the server.
      env: {
        PATH: process.env.PATH,
        PORT: String(port),
        HOST: '127.0.0.1',
        ROLLCALL_DATA_DIR: folder,
        ...databaseEnvironment,
      },
      stdio: ['ignore', log, 'pipe', ...(preload === undefined ? [] : ['ipc' as const])],
    },
  );
  closeSync(log);
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  let errors = '';
  child.stderr?.on('data', (chunk) => (errors = `${errors}${chunk}`.slice(-errorCharactersKept)));
  try {
    const connection = await waitForConnection(child, folder, port);
    const stop = async () => {
      await stopChild(child);
      process.off('exit', endWithUs);
    };
    return { pid: child.pid ?? 0, process: child, connection, stop };
  } catch (cause) {
    await stopChild(child);
    throw new Error(`The server did not start:\n${errors}`, { cause });
  }
}

/** Quickstart writes its file when everything in it has been tried out; a later start is over when the server answers. */
async function waitForConnection(
  child: ChildProcess,
  folder: string,
  port: number,
): Promise<Connection> {
  const giveUpAt = performance.now() + startTimeoutMs;
  while (performance.now() < giveUpAt && isRunning(child)) {
    const kept = await findKept(folder);
    if (kept !== undefined && (await isReady(port))) return toConnection(kept, port);
    await pause(lookAgainMs);
  }
  throw new Error(
    isRunning(child) ? 'it took too long' : `it ended with ${child.exitCode ?? child.signalCode}`,
  );
}

function findKept(folder: string): Promise<string | undefined> {
  return readFile(join(folder, 'quickstart.json'), 'utf8').catch(() => undefined);
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health/ready`);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

/** What quickstart keeps, with the id that the client logs in by. */
async function toConnection(text: string, port: number): Promise<Connection> {
  const values: Readonly<Record<string, string>> = JSON.parse(text);
  const { apiKey = '', tenantId = '', scimClientEntityId = '' } = values;
  const answer = await fetch(`http://127.0.0.1:${port}/api/entity/${scimClientEntityId}`, {
    headers: { authorization: apiKey, 'x-fusionauth-tenantid': tenantId },
  });
  const { entity }: { entity?: { clientId: string } } = JSON.parse(await answer.text());
  if (entity === undefined) throw new Error(`the client entity answered ${answer.status}`);
  return {
    port,
    tenantId,
    clientEntityId: scimClientEntityId,
    clientId: entity.clientId,
    clientSecret: values.scimClientSecret ?? '',
    serverEntityId: values.scimServerEntityId ?? '',
    bearerToken: values.bearerToken ?? '',
  };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(impatience);
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
