import { cp } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { UnitOfWork } from '../src/persistence/unit-of-work.js';
import { type BenchDatabase, startDatabase } from './database.js';
import { LoadGenerator } from './load.js';
import { type MeasuredRow, measureScenarios, profileScenarios, type Subject } from './measure.js';
import type { BenchOptions, DatabaseName } from './options.js';
import { People } from './people.js';
import { type Phase, planPhases, rounds } from './plan.js';
import { findMemory } from './process-usage.js';
import { profilePreload } from './profile.js';
import { type PhaseResult, print, printPhase } from './report.js';
import { inRooms, type Rooms } from './rooms.js';
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
    removeFolder(copyOf(folder));
  }
}

function copyOf(folder: string): string {
  return `${folder}-copy`;
}

/** An installation and its people. */
interface Store {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly people: People;
}

/** What a phase needs beside people; what it has no use for is empty. */
interface Prepared {
  readonly lastCursor: string;
  readonly groups: readonly SeededGroup[];
}

/** The smallest store as it was before anything was measured in it. */
interface Baseline {
  readonly size: number;
  readonly store: Store;
  readonly prepared: Prepared;
}

/** One course through the phases. The server is stopped while the store is filled: it then has only requests to count. */
class Run {
  private readonly store: Store;
  private baseline: Baseline | undefined;

  constructor(
    folder: string,
    private readonly database: BenchDatabase,
    private readonly options: BenchOptions,
  ) {
    this.store = { folder, environment: database.environment, people: new People() };
  }

  async perform(): Promise<readonly PhaseResult[]> {
    // The first start makes the connection whose people are seeded.
    const connection = await this.withServer(this.store, ({ connection: made }) =>
      Promise.resolve(made),
    );
    const results: PhaseResult[] = [];
    for (const phase of planPhases(this.options)) {
      const prepared = await this.prepare(phase, connection);
      if (phase.isBaseline)
        this.baseline = { size: phase.size, store: await this.copy(), prepared };
      results.push(await this.measure(phase, prepared));
    }
    return results;
  }

  private async copy(): Promise<Store> {
    const folder = copyOf(this.store.folder);
    process.once('exit', () => removeFolder(folder));
    await cp(this.store.folder, folder, { recursive: true });
    return { folder, environment: await this.database.copy(), people: this.store.people.copy() };
  }

  private async prepare(phase: Phase, connection: Connection): Promise<Prepared> {
    const { people } = this.store;
    const context = clientContext(connection);
    const begun = performance.now();
    const before = people.count;
    const prepared = await this.inRooms(async (rooms) => {
      await seedPeople(rooms, context, people, phase.users);
      const sizes = groupSizesFor(phase.users);
      const isGrouped = phase.kind === 'groups' && phase.rows.some((row) => row !== bulkRow);
      const isListed = phase.rows.includes(lookUpRow.lastCursor);
      const groups = isGrouped ? await seedGroups(rooms, context, people, sizes) : [];
      await this.database.analyze(rooms.get(UnitOfWork, { strict: false }));
      const { count } = people;
      return { groups, lastCursor: isListed ? await lastPageCursor(rooms, context, count) : '' };
    });
    const came = people.count - before;
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    if (came + prepared.groups.length > 0)
      print(
        `\nSeeded ${showCount(came)} people and ${prepared.groups.length} groups in ${seconds} s.`,
      );
    return prepared;
  }

  private measure(phase: Phase, prepared: Prepared): Promise<PhaseResult> {
    const { baseline } = this;
    const { people } = this.store;
    return this.withSubject(phase, this.store, prepared, async (subject) => {
      await pause(idleAfterMs);
      const idle = findMemory(subject.server.pid);
      const before = people.count;
      const measured =
        phase.hasBaseline && baseline !== undefined
          ? await this.measureBoth(phase, subject, baseline)
          : { rows: await this.measureAlone(phase, subject), baseline: undefined };
      const { kind, size } = phase;
      const end = findMemory(subject.server.pid);
      const result: PhaseResult = { kind, size, ...measured, idle, end };
      if (measured.rows.length > 0) printPhase(result, { before, after: people.count });
      if (this.options.isProfiled && !phase.rows.includes(createRow.last))
        print(`\n${await profileScenarios(subject, phase.requests)}`);
      return result;
    });
  }

  private async measureAlone(phase: Phase, subject: Subject): Promise<readonly MeasuredRow[]> {
    const [rows = []] = await measureScenarios(this.database, [subject], phase);
    return rows;
  }

  private measureBoth(
    phase: Phase,
    subject: Subject,
    { size, store, prepared }: Baseline,
  ): Promise<Pick<PhaseResult, 'rows' | 'baseline'>> {
    return this.withSubject(phase, store, prepared, async (other) => {
      const subjects = [subject, other];
      const [rows = [], baselineRows = []] = await measureScenarios(this.database, subjects, phase);
      return { rows, baseline: { size, rows: baselineRows } };
    });
  }

  private inRooms<Result>(work: (rooms: Rooms) => Promise<Result>): Promise<Result> {
    const { folder, environment } = this.store;
    return inRooms(folder, environment, work);
  }

  /** Starts the server on a store for as long as the work takes. */
  private withSubject<Result>(
    phase: Phase,
    store: Store,
    prepared: Prepared,
    work: (subject: Subject) => Promise<Result>,
  ): Promise<Result> {
    return this.withServer(store, async (server) => {
      const scenarios = await scenariosOf(phase, prepared, store.people, server.connection);
      const load = new LoadGenerator(server.connection.port, this.options.atOnce);
      try {
        return await work({ server, load, scenarios });
      } finally {
        load.close();
      }
    });
  }

  private async withServer<Result>(
    { folder, environment }: Store,
    work: (server: BenchServer) => Promise<Result>,
  ): Promise<Result> {
    const { isProfiled } = this.options;
    const server = await startServer(folder, environment, isProfiled ? profilePreload : undefined);
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  }
}

async function scenariosOf(
  { kind, rows }: Phase,
  { groups, lastCursor }: Prepared,
  people: People,
  connection: Connection,
): Promise<readonly Scenario[]> {
  const scim = new ScimRequests(connection.bearerToken);
  const all = (): readonly Scenario[] => {
    switch (kind) {
      case 'look-ups':
        return [
          tokenScenario(connection),
          ...userScenarios(scim, people),
          ...listScenarios(scim, people, lastCursor),
        ];
      case 'creates':
        return rows.map((name) => createScenario(name, scim, people));
      case 'groups':
        return [
          ...(groups.length > 0 ? groupScenarios(scim, groups) : []),
          bulkScenario(scim, people),
        ];
    }
  };
  const wanted = all().filter(({ name }) => rows.includes(name));
  if (!rows.includes(bulkRow) || (await isBulkServed(connection))) return wanted;
  print(`\n${bulkRow}: left out, since the server does not offer it.`);
  return wanted.filter(({ name }) => name !== bulkRow);
}
