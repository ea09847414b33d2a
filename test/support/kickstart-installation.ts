import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestDatabase } from './databases.js';
import { freePort } from './free-port.js';
import { anInstallation, type TestInstallation } from './installation.js';
import {
  type EndedProcess,
  type RunningProcess,
  runRollcall,
  startRollcall,
  type Variables,
} from './rollcall-process.js';
import { aFolder } from './run-folder.js';

/** The content of files by their names: text as it is, anything else as JSON. */
export type Files = Readonly<Record<string, unknown>>;

/** A folder with a Kickstart file, what it includes, and room for the data. */
export class KickstartInstallation {
  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly place: TestInstallation,
  ) {}

  static async create(database: TestDatabase, files: Files): Promise<KickstartInstallation> {
    const [folder, port] = [await aFolder('kickstart'), await freePort()];
    const place = await anInstallation(database);
    const installation = new KickstartInstallation(folder, port, place);
    await installation.write(files);
    return installation;
  }

  /** The same installation by way of another port. */
  async another(): Promise<KickstartInstallation> {
    return new KickstartInstallation(this.folder, await freePort(), this.place);
  }

  async write(files: Files): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.folder, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    }
  }

  drop(): Promise<void> {
    return this.place.drop();
  }

  /** How many rows are in the tables that a first start writes. */
  contents(): Promise<Readonly<Record<string, number>>> {
    return this.place.count([
      'tenants',
      'installation',
      'api_keys',
      'keys',
      'entity_types',
      'events',
    ]);
  }

  private variables(more: Variables): Variables {
    return {
      ...this.place.variables,
      PORT: String(this.port),
      HOST: '127.0.0.1',
      ROLLCALL_KICKSTART_FILE: join(this.folder, 'kickstart.json'),
      ...more,
    };
  }

  /** A start that the test ends by itself. */
  begin(more: Variables = {}): RunningProcess {
    return startRollcall(['serve'], this.variables(more));
  }

  /** @returns the log */
  async serve(more: Variables, work: () => Promise<void>): Promise<string> {
    const server = this.begin(more);
    try {
      await server.untilReady(this.port);
      await work();
    } finally {
      await server.stop();
    }
    return server.out;
  }

  /** Runs another command on the same installation. */
  run(args: readonly string[]): Promise<EndedProcess> {
    return runRollcall(args, this.place.variables);
  }

  /** A start that fails. */
  start(): Promise<EndedProcess> {
    return runRollcall(['serve'], this.variables({}));
  }

  async call(
    method: string,
    path: string,
    key: string,
  ): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: { authorization: key },
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }
}
