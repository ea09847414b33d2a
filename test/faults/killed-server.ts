import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseSettings } from '../../src/config/configuration.js';
import type { TestDatabase } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import { anInstallation, type TestInstallation } from '../support/installation.js';
import { type RunningProcess, startRollcall } from '../support/rollcall-process.js';
import { permissions } from './admin-writes.js';
import { Audit } from './audit.js';
import { Lane } from './lane.js';
import { Ledger } from './ledger.js';
import { Random } from './random.js';
import { readAll } from './reading.js';
import { Target } from './target.js';

const clients = 8;

/** A server that has just started is slow with its first requests: the time is taken from after these answers. */
const firstAnswers = 24;

/** The writes go on for a random while up to this, and then the server is killed. */
const killedWithinMs = 500;

/** Longer than an hour: such tokens are recorded. */
const tokenLifetimeSeconds = 7_200;

/** Of older tokens only their rows are looked at. */
const tokensReadBack = 40;

/** A server that is killed again and again in the midst of writes, and what its clients know of it. */
export class KilledServer {
  private server: RunningProcess | undefined;
  private readonly ledger = new Ledger();
  private readonly lanes: readonly Lane[];
  private readonly audit: Audit;
  /** How many writes were answered with success. */
  answered = 0;

  private constructor(
    private readonly installation: TestInstallation,
    private readonly variables: Readonly<Record<string, string>>,
    private readonly target: Target,
    private readonly random: Random,
  ) {
    this.lanes = Array.from(
      { length: clients },
      (_, n) => new Lane(`c${n + 1}`, target, this.ledger, random.fork()),
    );
    this.audit = new Audit(settingsOf(installation));
  }

  /** Makes an installation as a person would, and what the writes are about. */
  static async create(database: TestDatabase, seed: number): Promise<KilledServer> {
    const installation = await anInstallation(database);
    const port = await freePort();
    const variables = {
      ...installation.variables,
      PORT: String(port),
      HOST: '127.0.0.1',
      ROLLCALL_LOG_LEVEL: 'error',
    };
    const quickstart = startRollcall(['quickstart'], variables);
    try {
      await quickstart.until(() => quickstart.out.includes('Stop with Ctrl+C'));
      const target = await prepare(port, installation);
      return new KilledServer(installation, variables, target, new Random(seed));
    } finally {
      await quickstart.stop();
    }
  }

  /**
   * Starts the server, which must come up by itself.
   * @returns a sentence for each thing that is not as it must be
   */
  async startAndJudge(): Promise<string[]> {
    this.server = startRollcall(['serve'], this.variables);
    await this.server.untilReady(this.target.values.port);
    const { facts, ids, complaints } = await readAll(this.target, this.ledger, this.random);
    for (const lane of this.lanes) lane.setIds(ids);
    const judged = this.ledger.judge(facts);
    this.forgetTokens();
    return [...judged, ...complaints, ...(await this.audit.run())];
  }

  /**
   * Lets all clients write, and kills the server in the midst of it.
   * @returns a sentence for each answer that should not have been given
   */
  async writeAndKill(): Promise<string[]> {
    let answered = 0;
    let isUnderWay = (): void => undefined;
    const underWay = new Promise<void>((resolve) => (isUnderWay = resolve));
    const running = this.lanes.map((lane) =>
      lane.run(() => {
        answered += 1;
        if (answered === firstAnswers) isUnderWay();
      }),
    );
    await Promise.race([underWay, Promise.all(running)]);
    await pause(this.random.below(killedWithinMs + 1));
    this.server?.signal('SIGKILL');
    const ended = await this.server?.end();
    this.server = undefined;
    const outcomes = await Promise.all(running);
    this.answered += answered;
    // Who is killed has no exit code.
    const early = ended?.exitCode == null ? [] : [`The server ended by itself:\n${ended.error}`];
    const idle = answered >= firstAnswers ? [] : [`It answered only ${answered} writes.`];
    return [...early, ...idle, ...outcomes.flat()];
  }

  async drop(): Promise<void> {
    await this.server?.stop();
    await this.installation.drop();
  }

  private forgetTokens(): void {
    const tokens = [...this.ledger.known.keys()].filter((key) => key.startsWith('token '));
    const old = tokens.slice(0, Math.max(0, tokens.length - tokensReadBack));
    this.ledger.answered(new Map(old.map((key) => [key, undefined])));
  }
}

async function prepare(port: number, { dataDir }: TestInstallation): Promise<Target> {
  const kept = await readFile(join(dataDir, 'quickstart.json'), 'utf8');
  const { tenantId, apiKey, bearerToken } = JSON.parse(kept) as Record<string, string>;
  const values = {
    port,
    tenantId: tenantId ?? '',
    apiKey: apiKey ?? '',
    bearerToken: bearerToken ?? '',
    typeId: randomUUID(),
    grantTargetId: randomUUID(),
    tokenClient: { id: randomUUID(), secret: '' },
  };
  const target = new Target(values);
  const make = async (path: string, body: object) => {
    const { status, text } = await target.admin('POST', path, body);
    if (status !== 200) throw new Error(`${path} was answered with ${status}: ${text}`);
    return JSON.parse(text) as { entity?: { clientSecret?: string } };
  };
  const type = { id: values.typeId };
  await make(`/api/entity/type/${values.typeId}`, {
    entityType: {
      name: 'Written while killed',
      jwtConfiguration: { enabled: true, timeToLiveInSeconds: tokenLifetimeSeconds },
      permissions: permissions.map((name) => ({ name })),
    },
  });
  await make(`/api/entity/${values.grantTargetId}`, { entity: { name: 'Target', type } });
  const { entity } = await make(`/api/entity/${values.tokenClient.id}`, {
    entity: { name: 'Client', type },
  });
  const secret = entity?.clientSecret ?? '';
  return new Target({ ...values, tokenClient: { id: values.tokenClient.id, secret } });
}

function settingsOf({ dataDir, variables }: TestInstallation): DatabaseSettings {
  const { ROLLCALL_DATABASE_URL: url } = variables;
  return url === undefined
    ? { kind: 'sqlite', file: join(dataDir, 'rollcall.sqlite'), synchronous: 'full' }
    : { kind: 'postgres', url };
}
