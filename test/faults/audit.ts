import type { DatabaseSettings } from '../../src/config/configuration.js';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { sql, type Sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';

interface EventRow {
  readonly seq: number;
  readonly type: string;
  readonly object_type: string;
  readonly object_id: string;
  readonly before: string | null;
  readonly after: string | null;
}

interface VersionRow {
  readonly id: string;
  readonly version: number;
}

/** Tables whose rows have a version, and the events that tell it. */
const versioned = {
  user: sql`select id, version from users`,
  entity: sql`select id, version from entities`,
  'entity-grant': sql`select id, version from entity_grants`,
} satisfies Record<string, Sql>;

/** What the database counts or repeats, beside what it is counted from; each row that is found is a complaint. */
const miscounted = {
  'a group with another number of members than it says': sql`
    select groups.id from groups where member_count <>
      (select count(*) from group_members where group_members.group_pk = groups.pk)`,
  'a tenant with another number of users than it says': sql`
    select tenants.id from tenants where
      (select coalesce(sum(n), 0) from counters where tenant_id = tenants.id and kind = 'user') <>
      (select count(*) from users where tenant_id = tenants.id)`,
  'a tenant with another number of groups than it says': sql`
    select tenants.id from tenants where
      (select coalesce(sum(n), 0) from counters where tenant_id = tenants.id and kind = 'group') <>
      (select count(*) from groups where tenant_id = tenants.id)`,
  'an entity without its secret': sql`
    select id from entities where not exists
      (select 1 from entity_secrets where entity_secrets.entity_id = entities.id)`,
} satisfies Record<string, Sql>;

/**
 * Looks into the database itself while nothing is under way: every row must be as the events tell it, since a change and
 * its event are one transaction.
 */
export class Audit {
  private lastSeq = 0;
  /** The newest event of each object. */
  private readonly newest = new Map<string, EventRow>();
  private readonly members = new Map<string, Set<string>>();

  constructor(private readonly settings: DatabaseSettings) {}

  /**
   * Its connections are closed again before the next kill: who keeps a file of SQLite open keeps its log from being
   * recovered.
   * @returns a sentence for each thing that is not as it must be
   */
  async run(): Promise<string[]> {
    const dataSource = await createDataSource({
      ...dataSourceOptions(this.settings),
      migrations: [],
    }).initialize();
    try {
      const database = new UnitOfWork(dataSource);
      return [
        ...(await this.damages(database)),
        ...(await this.differences(database)),
        ...(await complaintsOf(database, miscounted)),
      ];
    } finally {
      await dataSource.destroy();
    }
  }

  private async damages(database: UnitOfWork): Promise<string[]> {
    if (database.dialect !== 'sqlite') return [];
    const whole = await database.query<{ integrity_check: string }>(sql`pragma integrity_check`);
    const broken = await database.query(sql`pragma foreign_key_check`);
    return [
      ...whole.map((row) => row.integrity_check).filter((word) => word !== 'ok'),
      ...broken.map((row) => `A reference leads nowhere: ${JSON.stringify(row)}`),
    ];
  }

  private async differences(database: UnitOfWork): Promise<string[]> {
    await this.readEvents(database);
    const complaints: string[] = [];
    for (const [kind, select] of Object.entries(versioned)) {
      const rows = await database.query<VersionRow>(select);
      const versions = new Map(rows.map(({ id, version }) => [id, version]));
      complaints.push(...this.versionsBeside(kind, versions));
    }
    complaints.push(...(await this.groupsBeside(database)), ...(await this.tokensBeside(database)));
    return complaints;
  }

  private async readEvents(database: UnitOfWork): Promise<void> {
    const events = await database.query<EventRow>(
      sql`select seq, type, object_type, object_id, before, after from events where seq > ${this.lastSeq} order by seq`,
    );
    for (const event of events) {
      this.lastSeq = event.seq;
      if (event.object_type === 'group.member') this.moveMembers(event);
      else this.newest.set(`${event.object_type} ${event.object_id}`, event);
    }
  }

  private moveMembers({ object_id: group, before, after }: EventRow): void {
    const members = this.members.get(group) ?? new Set<string>();
    for (const id of idsIn(before)) members.delete(id);
    for (const id of idsIn(after)) members.add(id);
    this.members.set(group, members);
  }

  private versionsBeside(kind: string, versions: ReadonlyMap<string, number>): string[] {
    const complaints: string[] = [];
    for (const [id, version] of versions) {
      const told = versionIn(this.newest.get(`${kind} ${id}`));
      if (told !== version)
        complaints.push(`${kind} ${id} is in version ${version}, its last event tells ${told}`);
    }
    for (const [key, event] of this.newest) {
      // A grant that goes with its entity has no event of its own.
      const isThere = event.object_type === kind && event.after !== null && kind !== 'entity-grant';
      if (isThere && !versions.has(event.object_id))
        complaints.push(`${key} is gone, and no event tells it`);
    }
    return complaints;
  }

  private async groupsBeside(database: UnitOfWork): Promise<string[]> {
    const groups = await database.query<{ id: string }>(sql`select id from groups`);
    const rows = await database.query<{ group_id: string; member_id: string }>(sql`
      select groups.id as group_id, users.id as member_id from group_members
        join groups on groups.pk = group_members.group_pk join users on users.pk = group_members.user_pk`);
    const complaints: string[] = [];
    for (const { id } of groups) {
      if (!this.isThere('group', id))
        complaints.push(`group ${id} is there, and no event tells it`);
      const held = new Set(rows.filter((row) => row.group_id === id).map((row) => row.member_id));
      // A person who goes leaves all groups without an event for each.
      const told = [...(this.members.get(id) ?? [])].filter((user) => this.isThere('user', user));
      if (told.length !== held.size || !told.every((user) => held.has(user)))
        complaints.push(`group ${id} holds ${held.size} people, its events tell ${told.length}`);
    }
    return complaints;
  }

  private async tokensBeside(database: UnitOfWork): Promise<string[]> {
    const rows = await database.query<{ jti: string }>(sql`select jti from tokens`);
    const held = new Set(rows.map(({ jti }) => jti));
    const told = [...this.newest.values()].filter(({ object_type: kind }) => kind === 'token');
    return [
      ...rows
        .filter(({ jti }) => !this.newest.has(`token ${jti}`))
        .map(({ jti }) => `token ${jti} is there, and no event tells it`),
      ...told
        .filter(({ object_id: jti }) => !held.has(jti))
        .map(({ object_id: jti }) => `token ${jti} was issued, and is not there`),
    ];
  }

  private isThere(kind: string, id: string): boolean {
    const event = this.newest.get(`${kind} ${id}`);
    return event !== undefined && event.after !== null;
  }
}

async function complaintsOf(
  database: UnitOfWork,
  statements: Readonly<Record<string, Sql>>,
): Promise<string[]> {
  const complaints: string[] = [];
  for (const [what, statement] of Object.entries(statements)) {
    const rows = await database.query<{ id: string }>(statement);
    complaints.push(...rows.map(({ id }) => `There is ${what}: ${id}`));
  }
  return complaints;
}

function versionIn(event: EventRow | undefined): unknown {
  if (event?.after == null) return 'nothing';
  return (JSON.parse(event.after) as { version?: unknown }).version;
}

function idsIn(document: string | null): string[] {
  return document === null ? [] : (JSON.parse(document) as { members: string[] }).members;
}
