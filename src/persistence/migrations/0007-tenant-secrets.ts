import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, dialectOf } from './column-types.js';

/** The fields of a tenant's record that hold a secret; `password` was hidden from the first version on. */
const secretPaths = [
  ['settings', 'captchaConfiguration', 'secretKey'],
  ['settings', 'emailConfiguration', 'password'],
  ['settings', 'emailConfiguration', 'additionalHeaders'],
  ['settings', 'emailConfiguration', 'properties'],
];

const hidden = '[hidden]';

/** Records of tenants are as large as their settings; so many of them are in memory at once. */
const eventsPerStep = 200;

interface EventCells {
  readonly seq: number;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * Gives tenants a column for their secrets, each sealed, and hides those that events show in plain. What stands in the
 * settings is sealed at the next start: a migration has no encryption key.
 */
export class TenantSecrets0007 implements MigrationInterface {
  readonly name = 'TenantSecrets1764400000007';

  async up(runner: QueryRunner): Promise<void> {
    const t = columnTypes(dialectOf(runner));
    await runner.query(`alter table tenants add column secrets ${t.json} not null default '{}'`);
    await forgettingOverwritten(runner, () => hideInEvents(runner));
  }

  /** The server of the version before knows no sealed secrets: those of tenants must be given again. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table tenants drop column secrets');
  }
}

/** SQLite otherwise leaves the bytes of overwritten rows in its file until it needs the room. */
async function forgettingOverwritten(
  runner: QueryRunner,
  work: () => Promise<void>,
): Promise<void> {
  if (dialectOf(runner) === 'postgres') return work();
  await runner.query('pragma secure_delete = on');
  try {
    await work();
  } finally {
    await runner.query('pragma secure_delete = off');
  }
}

async function hideInEvents(runner: QueryRunner): Promise<void> {
  const isPostgres = dialectOf(runner) === 'postgres';
  const selection = `select seq, before, after from events where object_type = 'tenant' and seq > ${isPostgres ? '$1' : '?'}
    order by seq limit ${eventsPerStep}`;
  const update = isPostgres
    ? 'update events set before = $1, after = $2 where seq = $3'
    : 'update events set before = ?, after = ? where seq = ?';
  let last = 0;
  for (;;) {
    const rows: EventCells[] = await runner.query(selection, [last]);
    for (const row of rows) {
      const [before, after] = [withHidden(row.before), withHidden(row.after)];
      if (before !== row.before || after !== row.after)
        await runner.query(update, [before, after, row.seq]);
    }
    const end = rows.at(-1);
    if (end === undefined) return;
    last = Number(end.seq);
  }
}

/** The same text where there is nothing to hide. */
function withHidden(text: string | null): string | null {
  if (text === null) return null;
  const record: unknown = JSON.parse(text);
  const hiddenAny = secretPaths.map((path) => hideAt(record, path)).includes(true);
  return hiddenAny ? JSON.stringify(record) : text;
}

/** @returns whether there was something to hide */
function hideAt(record: unknown, path: readonly string[]): boolean {
  let parent: unknown = record;
  for (const name of path.slice(0, -1)) parent = isObject(parent) ? parent[name] : undefined;
  const name = path.at(-1) ?? '';
  if (!isObject(parent) || !Object.hasOwn(parent, name)) return false;
  if (parent[name] === null || parent[name] === hidden) return false;
  parent[name] = hidden;
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
