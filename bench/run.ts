import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { UnitOfWork } from '../src/persistence/unit-of-work.js';
import { type BenchDatabase, startDatabase } from './database.js';
import { LoadGenerator } from './load.js';
import { measureScenarios, profileScenarios } from './measure.js';
import type { BenchOptions, DatabaseName } from './options.js';
import { People } from './people.js';
import { type Phase, planPhases, rounds } from './plan.js';
import { findMemory } from './process-usage.js';
import { profilePreload } from './profile.js';
import { type PhaseResult, print, printPhase } from './report.js';
import { inRooms } from './rooms.js';
import { bulkRow, createRow, groupSizesFor, lookUpRow, showCount } from './rows.js';
import { bulkScenario, isBulkServed } from './scenarios/bulk.js';
import { groupScenarios } from './scenarios/groups.js';
import { listScenarios } from './scenarios/lists.js';
import { type Scenario, ScimRequests } from './scenarios/scenario.js';
import { tokenScenario } from './scenarios/token.js';
import { createScenario, userScenarios } from './scenarios/users.js';
import { clientContext, lastPageCursor, type SeededGroup, seedGroups, seedPeople } from './seed.js';
import { type BenchServer, type Connection, startServer } from './server.js';
import { makeWorkFolder, removeFolder } from './workplace.js';

/** A server that has just come up has things to put away before it is idle. */
const idleAfterMs = 2_000;

/** Starts a database, goes through all phases on it, and leaves nothing behind. */
export async function runOn(
  name: DatabaseName,
  options: BenchOptions,
): Promise<readonly PhaseResult[]> {
  const folder = await makeWorkFolder();
  const database = await startDatabase(name, folder);
  try {
    print(
      `\n## ${database.description}; Node ${process.version}, ${availableParallelism()} cores\n`,
    );
    print(`Medians of ${rounds} rounds.`);
    return await new Run(folder, database, options).perform();
  } finally {
    await database.stop();
    removeFolder(folder);
  }
}

/** What a phase needs beside people; what it has no use for is empty. */
interface Prepared {
  readonly lastCursor: string;
  readonly groups: readonly SeededGroup[];
}

/** One course through the phases. The server is stopped while the store is filled: it then has only requests to count. */
class Run {
  private readonly people = new People();

  constructor(
    private readonly folder: string,
    private readonly database: BenchDatabase,
    private readonly options: BenchOptions,
  ) {}

  async perform(): Promise<readonly PhaseResult[]> {
    // The first start makes the connection whose people are seeded.
    const connection = await this.withServer((server) => Promise.resolve(server.connection));
    const results: PhaseResult[] = [];
    for (const phase of planPhases(this.options)) {
      const prepared = await this.prepare(phase, connection);
      results.push(await this.withServer((server) => this.measure(phase, prepared, server)));
    }
    return results;
  }

  private async prepare(phase: Phase, connection: Connection): Promise<Prepared> {
    const context = clientContext(connection);
    const begun = performance.now();
    const before = this.people.count;
    const prepared = await inRooms(this.folder, this.database.environment, async (rooms) => {
      await seedPeople(rooms, context, this.people, phase.users);
      const sizes = groupSizesFor(phase.users);
      const isGrouped = phase.kind === 'groups' && phase.rows.some((row) => row !== bulkRow);
      const isListed = phase.rows.includes(lookUpRow.lastCursor);
      const groups = isGrouped ? await seedGroups(rooms, context, this.people, sizes) : [];
      await this.database.analyze(rooms.get(UnitOfWork, { strict: false }));
      const { count } = this.people;
      return { groups, lastCursor: isListed ? await lastPageCursor(rooms, context, count) : '' };
    });
    const came = this.people.count - before;
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    if (came + prepared.groups.length > 0)
      print(
        `\nSeeded ${showCount(came)} people and ${prepared.groups.length} groups in ${seconds} s.`,
      );
    return prepared;
  }

  private async measure(
    phase: Phase,
    prepared: Prepared,
    server: BenchServer,
  ): Promise<PhaseResult> {
    const { kind, size } = phase;
    await pause(idleAfterMs);
    const idle = findMemory(server.pid);
    const before = this.people.count;
    const subject = {
      server,
      database: this.database,
      load: new LoadGenerator(server.connection.port, this.options.atOnce),
    };
    try {
      const scenarios = await this.scenariosOf(phase, prepared, server.connection);
      const rows = await measureScenarios(subject, scenarios, phase);
      const result: PhaseResult = { kind, size, rows, idle, end: findMemory(server.pid) };
      if (rows.length > 0) printPhase(result, { before, after: this.people.count });
      if (this.options.isProfiled && !phase.rows.includes(createRow.last))
        print(`\n${await profileScenarios(subject, scenarios, phase.requests)}`);
      return result;
    } finally {
      subject.load.close();
    }
  }

  private async scenariosOf(
    { kind, rows }: Phase,
    { groups, lastCursor }: Prepared,
    connection: Connection,
  ): Promise<readonly Scenario[]> {
    const scim = new ScimRequests(connection.bearerToken);
    const all = (): readonly Scenario[] => {
      switch (kind) {
        case 'look-ups':
          return [
            tokenScenario(connection),
            ...userScenarios(scim, this.people),
            ...listScenarios(scim, this.people, lastCursor),
          ];
        case 'creates':
          return rows.map((name) => createScenario(name, scim, this.people));
        case 'groups':
          return [
            ...(groups.length > 0 ? groupScenarios(scim, groups) : []),
            bulkScenario(scim, this.people),
          ];
      }
    };
    const wanted = all().filter(({ name }) => rows.includes(name));
    if (!rows.includes(bulkRow) || (await isBulkServed(connection))) return wanted;
    print(`\n${bulkRow}: left out, since the server does not offer it.`);
    return wanted.filter(({ name }) => name !== bulkRow);
  }

  private async withServer<Result>(
    work: (server: BenchServer) => Promise<Result>,
  ): Promise<Result> {
    const { isProfiled } = this.options;
    const server = await startServer(
      this.folder,
      this.database.environment,
      isProfiled ? profilePreload : undefined,
    );
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  }
}
