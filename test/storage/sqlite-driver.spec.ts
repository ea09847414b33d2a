import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource, QueryRunner } from 'typeorm';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { IntegerColumn, SequenceColumn, TextColumn } from '../../src/persistence/columns.js';
import type { SqliteSettings } from '../../src/persistence/sqlite-connections.js';
import { Table } from '../../src/persistence/table.js';

@Table('notes')
class NoteRow {
  @SequenceColumn({ name: 'pk' })
  pk!: number;

  @TextColumn({ name: 'text' })
  text!: string;

  @IntegerColumn({ name: 'writer' })
  writer!: number;
}

const tables = [
  'create table notes (pk integer primary key autoincrement, text text not null unique, writer integer not null)',
  'create table remarks (note_pk integer not null references notes (pk))',
];

let folder: string;
let open: DataSource[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-driver-'));
});

afterEach(async () => {
  await Promise.all(open.map((dataSource) => dataSource.destroy()));
  open = [];
  await rm(folder, { recursive: true, force: true });
});

async function openDatabase(
  file: string,
  settings: Partial<SqliteSettings> = {},
): Promise<DataSource> {
  const path = file === ':memory:' ? file : join(folder, file);
  const options = dataSourceOptions({ kind: 'sqlite', file: path, synchronous: 'full' });
  const extra: SqliteSettings = { file: path, synchronous: 'full', ...settings };
  const dataSource = await createDataSource({
    ...options,
    entities: [NoteRow],
    migrations: [],
    extra,
  }).initialize();
  open.push(dataSource);
  return dataSource;
}

async function withTables(
  file: string,
  settings: Partial<SqliteSettings> = {},
): Promise<DataSource> {
  const dataSource = await openDatabase(file, settings);
  for (const table of tables) await dataSource.query(table);
  return dataSource;
}

function add(to: DataSource | QueryRunner, text: string, writer = 0): Promise<unknown> {
  return to.query('insert into notes (text, writer) values (?, ?)', [text, writer]);
}

async function texts(from: DataSource | QueryRunner): Promise<string[]> {
  const rows: { text: string }[] = await from.query('select text from notes order by pk');
  return rows.map((row) => row.text);
}

describe.each(['file.db', ':memory:'])('the SQLite driver on %s', (file) => {
  it('keeps fifty overlapping transactions apart, with rollbacks among them and readers beside', async () => {
    const dataSource = await withTables(file);
    const partial: number[] = [];
    let isDone = false;
    const readers = Array.from({ length: 4 }, async () => {
      while (!isDone) {
        const rows: { n: number }[] = await dataSource.query(
          'select count(*) as n from notes group by writer',
        );
        partial.push(...rows.map((row) => row.n).filter((n) => n !== 3));
        await pause(1);
      }
    });

    const writers = Array.from({ length: 50 }, (_, writer) =>
      dataSource.transaction(async (manager) => {
        for (const part of ['a', 'b', 'c']) {
          await manager.insert(NoteRow, { text: `${writer}${part}`, writer });
          await pause(writer % 3);
        }
        if (writer % 5 === 0) throw new Error('changed my mind');
      }),
    );
    const results = await Promise.allSettled(writers);
    isDone = true;
    await Promise.all(readers);

    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(40);
    expect(
      results
        .filter((result) => result.status === 'rejected')
        .map((result) => String(result.reason)),
    ).toEqual(Array.from({ length: 10 }, () => 'Error: changed my mind'));
    const kept = await dataSource.query('select distinct writer from notes order by writer');
    expect(kept).toEqual(
      Array.from({ length: 50 }, (_, writer) => ({ writer })).filter(
        ({ writer }) => writer % 5 !== 0,
      ),
    );
    expect(partial).toEqual([]);
  });

  it('keeps a write outside a transaction out of the one that is open', async () => {
    const dataSource = await withTables(file);
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await add(runner, 'undone');

    const stray = add(dataSource, 'kept');
    await runner.rollbackTransaction();
    await runner.release();
    await stray;

    expect(await texts(dataSource)).toEqual(['kept']);
  });

  it('undoes a transaction whose runner is let go in the midst of it', async () => {
    const dataSource = await withTables(file);
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await add(runner, 'undone');
    const late = add(runner, 'under way');

    await runner.release();

    await late;
    await expect(add(runner, 'too late')).rejects.toThrow('released');
    expect(await texts(dataSource)).toEqual([]);
    await add(dataSource, 'next');
    expect(await texts(dataSource)).toEqual(['next']);
  });

  it('undoes to a savepoint and keeps what is around it, at any depth', async () => {
    const dataSource = await withTables(file);
    await dataSource.transaction(async (outer) => {
      await outer.insert(NoteRow, { text: 'outer', writer: 1 });
      await outer.transaction(async (kept) => {
        await kept.insert(NoteRow, { text: 'kept', writer: 1 });
        const undone = kept.transaction(async (inner) => {
          await inner.insert(NoteRow, { text: 'undone', writer: 1 });
          throw new Error('no');
        });
        await expect(undone).rejects.toThrow('no');
      });
      await outer.insert(NoteRow, { text: 'last', writer: 1 });
    });

    expect(await texts(dataSource)).toEqual(['outer', 'kept', 'last']);
  });

  it('shows a committed write to the very next read', async () => {
    const dataSource = await withTables(file);
    for (let turn = 1; turn <= 200; turn += 1) {
      await add(dataSource, `note ${turn}`);
      const seen = await Promise.all([texts(dataSource), texts(dataSource), texts(dataSource)]);
      expect(seen.map((list) => list.length)).toEqual([turn, turn, turn]);
    }
  });

  it('serves writers in the order in which they came', async () => {
    const dataSource = await withTables(file);
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    const order = Array.from({ length: 20 }, (_, turn) => `note ${turn}`);
    const writes = order.map((text, turn) =>
      turn % 2 === 0
        ? add(dataSource, text)
        : dataSource.transaction((manager) => manager.insert(NoteRow, { text, writer: 2 })),
    );

    await runner.commitTransaction();
    await runner.release();
    await Promise.all(writes);

    expect(await texts(dataSource)).toEqual(order);
  });

  it('says unavailable to a writer that has waited too long, and is well again afterwards', async () => {
    const dataSource = await withTables(file, { writerWaitMs: 50 });
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();

    await expect(add(dataSource, 'a')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(dataSource.transaction(() => Promise.resolve())).rejects.toMatchObject({
      code: 'unavailable',
    });

    await runner.commitTransaction();
    await runner.release();
    await add(dataSource, 'b');
    expect(await texts(dataSource)).toEqual(['b']);
  });

  it('goes on after a failed statement, in a transaction and out of it', async () => {
    const dataSource = await withTables(file);
    await add(dataSource, 'one');

    await expect(add(dataSource, 'one')).rejects.toThrow('UNIQUE constraint failed: notes.text');
    await expect(dataSource.query('select missing from notes')).rejects.toThrow('no such column');
    await dataSource.transaction(async (manager) => {
      await expect(manager.insert(NoteRow, { text: 'one', writer: 1 })).rejects.toThrow('UNIQUE');
      await manager.insert(NoteRow, { text: 'two', writer: 1 });
    });

    expect(await texts(dataSource)).toEqual(['one', 'two']);
  });

  it('checks foreign keys', async () => {
    const dataSource = await withTables(file);

    await expect(dataSource.query('insert into remarks values (7)')).rejects.toThrow(
      'FOREIGN KEY constraint failed',
    );
  });

  it('gives TypeORM the numbers of new rows and of changed ones', async () => {
    const dataSource = await withTables(file);
    const notes = dataSource.getRepository(NoteRow);
    const note = notes.create({ text: 'a', writer: 1 });

    await notes.insert(note);
    const second = await notes.insert({ text: 'b', writer: 1 });
    const updated = await notes.update({ writer: 1 }, { writer: 2 });
    const deleted = await notes.delete({ text: 'a' });

    expect(note.pk).toBe(1);
    expect(second.identifiers).toEqual([{ pk: 2 }]);
    expect([updated.affected, deleted.affected]).toEqual([2, 1]);
    expect(await notes.find()).toEqual([{ pk: 2, text: 'b', writer: 2 }]);
  });

  it('takes a write that returns rows for a write', async () => {
    const dataSource = await withTables(file);

    const rows = await dataSource.query(
      "insert into notes (text, writer) values ('a', 1), ('b', 2) returning pk, text",
    );

    expect(rows).toEqual([
      { pk: 1, text: 'a' },
      { pk: 2, text: 'b' },
    ]);
    expect(await texts(dataSource)).toEqual(['a', 'b']);
  });

  it('writes and reads numbers, text and flags as they are', async () => {
    const dataSource = await openDatabase(file);
    await dataSource.query('create table samples (n bigint, t text, f boolean)');
    const awkward = 'É 😀 \' " % _ \\ \r\n ';
    const instant = 1_764_000_000_123;

    await dataSource.query('insert into samples values (?, ?, ?)', [instant, awkward, true]);

    const rows = await dataSource.query(
      'select n, t, f, typeof(n) as kind from samples where n = ? and t = ?',
      [instant, awkward],
    );
    expect(rows).toEqual([{ n: instant, t: awkward, f: 1, kind: 'integer' }]);
  });

  it('refuses a parameter that is no scalar, instead of writing "[object Object]"', async () => {
    const dataSource = await withTables(file);

    await expect(
      dataSource.query('insert into notes (text, writer) values (?, 1)', [{ a: 1 }]),
    ).rejects.toThrow('no object');
  });

  it('stands more different statements than it keeps prepared', async () => {
    const dataSource = await withTables(file);
    for (let turn = 0; turn < 700; turn += 1) await dataSource.query(`select ${turn} as turn`);

    expect(await dataSource.query('select 0 as turn')).toEqual([{ turn: 0 }]);
  });

  it('closes after what is under way, and refuses what comes later', async () => {
    const dataSource = await withTables(file);
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await add(runner, 'in time');
    open = [];
    const closed = dataSource.destroy();

    await expect(add(dataSource, 'too late')).rejects.toMatchObject({ code: 'unavailable' });
    await runner.commitTransaction();
    await runner.release();
    await closed;

    if (file === ':memory:') return;
    expect(await texts(await openDatabase(file))).toEqual(['in time']);
  });
});

describe('the SQLite driver on a file', () => {
  it('reads what is committed while a transaction is open', async () => {
    const dataSource = await withTables('file.db');
    await add(dataSource, 'before');
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await add(runner, 'not yet');

    expect(await texts(dataSource)).toEqual(['before']);
    expect(await texts(runner)).toEqual(['before', 'not yet']);

    await runner.commitTransaction();
    await runner.release();
    expect(await texts(dataSource)).toEqual(['before', 'not yet']);
  });

  it('reads through connections that can not write', async () => {
    const dataSource = await withTables('file.db');

    expect(await dataSource.query('select query_only from pragma_query_only')).toEqual([
      { query_only: 1 },
    ]);
  });

  it('has every commit after a crash, and nothing of what was not committed', async () => {
    const dataSource = await withTables('file.db');
    await dataSource.transaction((manager) =>
      manager.insert(NoteRow, { text: 'committed', writer: 1 }),
    );
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await add(runner, 'open');

    // What a killed process leaves: the file and its log as they are now, with nobody to tidy up.
    for (const suffix of ['', '-wal'])
      await copyFile(join(folder, `file.db${suffix}`), join(folder, `crashed.db${suffix}`));
    const afterwards = await openDatabase('crashed.db');

    expect(await texts(afterwards)).toEqual(['committed']);
    expect(await afterwards.query('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    await runner.release();
  });

  it('says unavailable when another process keeps the file locked, and writes when it lets go', async () => {
    const dataSource = await withTables('file.db');
    const other = (await openDatabase('file.db')).createQueryRunner();
    await other.startTransaction();

    await expect(add(dataSource, 'a')).rejects.toThrow('SQLITE_BUSY');
    await expect(dataSource.transaction(() => Promise.resolve())).rejects.toThrow('SQLITE_BUSY');

    await other.rollbackTransaction();
    await other.release();
    await add(dataSource, 'b');
    expect(await texts(dataSource)).toEqual(['b']);
  });

  it('undoes a transaction that the full disk broke, and goes on when there is room', async () => {
    const dataSource = await withTables('file.db');
    await dataSource.query('pragma max_page_count = 10');

    const failed = dataSource.transaction(async (manager) => {
      await manager.insert(NoteRow, { text: 'small', writer: 1 });
      await manager.insert(NoteRow, { text: 'x'.repeat(200_000), writer: 1 });
    });

    await expect(failed).rejects.toThrow('SQLITE_FULL');
    expect(await texts(dataSource)).toEqual([]);
    await dataSource.query('pragma max_page_count = 100000');
    await add(dataSource, 'after');
    expect(await texts(dataSource)).toEqual(['after']);
  });

  it.each([
    ['full', 2],
    ['normal', 1],
  ] as const)(
    'writes with synchronous = %s and a write-ahead log',
    async (synchronous, expected) => {
      const dataSource = await openDatabase('file.db', { synchronous });

      expect(await dataSource.query('pragma synchronous')).toEqual([{ synchronous: expected }]);
      expect(await dataSource.query('pragma journal_mode')).toEqual([{ journal_mode: 'wal' }]);
      expect(await dataSource.query('pragma foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    },
  );
});
