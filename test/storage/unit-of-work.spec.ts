import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { DomainError } from '../../src/kernel/domain-error.js';
import type { JsonObject } from '../../src/kernel/json.js';
import {
  FlagColumn,
  IdColumn,
  InstantColumn,
  JsonColumn,
  ReferenceColumn,
  SequenceColumn,
  TextColumn,
} from '../../src/persistence/columns.js';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import {
  foreignKeyViolation,
  translateUnique,
  uniqueViolation,
} from '../../src/persistence/database-error.js';
import { columnTypes } from '../../src/persistence/migrations/column-types.js';
import { joinSql, sql } from '../../src/persistence/sql.js';
import { Table } from '../../src/persistence/table.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { databases, type FreshDatabase } from '../support/databases.js';

@Table('things')
class ThingRow {
  @SequenceColumn({ name: 'pk' })
  pk!: number;

  @IdColumn({ name: 'id' })
  id!: string;

  @TextColumn({ name: 'name', nullable: true })
  name!: string | null;

  @InstantColumn({ name: 'created' })
  created!: number;

  @JsonColumn({ name: 'data' })
  data!: JsonObject;

  @JsonColumn({ name: 'search', nullable: true })
  search!: JsonObject | null;

  @FlagColumn({ name: 'active' })
  isActive!: boolean;

  @ReferenceColumn({ name: 'parent_pk', nullable: true })
  parentPk!: number | null;
}

const created = 1_764_000_000_123;

describe.each(databases)('the unit of work on $name', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  let unitOfWork: UnitOfWork;

  beforeEach(async () => {
    fresh = await database.createEmpty();
    dataSource = await createDataSource({
      ...dataSourceOptions(fresh.settings),
      entities: [ThingRow],
    }).initialize();
    unitOfWork = new UnitOfWork(dataSource);
    const t = columnTypes(database.name);
    await dataSource.query(`create table things (
      pk ${t.sequence}, id ${t.id} not null constraint things_id unique, name ${t.text}, created ${t.instant} not null,
      data ${t.json} not null, search ${t.searchableJson}, active ${t.flag} not null,
      parent_pk ${t.reference} constraint things_parent references things (pk) on delete restrict)`);
  });

  afterEach(async () => {
    await dataSource.destroy();
    await fresh.drop();
  });

  async function add(id: string): Promise<void> {
    await unitOfWork.manager.insert(ThingRow, aThing(id));
  }

  function aThing(id: string) {
    return { id, name: null, created, data: {}, search: null, isActive: true, parentPk: null };
  }

  async function ids(): Promise<string[]> {
    const rows = await unitOfWork.query<{ id: string }>(sql`select id from things order by id`);
    return rows.map((row) => row.id);
  }

  it('commits what was done together, with the manager and with statements of our own', async () => {
    const result = await unitOfWork.run(async () => {
      await add('a');
      const changed = await unitOfWork.execute(
        sql`update things set name = ${'Ada'} where id in (${joinSql(['a', 'b'], ', ')})`,
      );
      expect(changed).toBe(1);
      return 'done';
    });

    expect(result).toBe('done');
    expect(await unitOfWork.query(sql`select id, name from things`)).toEqual([
      { id: 'a', name: 'Ada' },
    ]);
  });

  it('undoes everything when a part fails, and throws what the part threw', async () => {
    const refusal = DomainError.notFound('user', 'x');
    const work = unitOfWork.run(async () => {
      await add('a');
      await unitOfWork.run(async () => {
        await add('b');
        throw refusal;
      });
    });

    await expect(work).rejects.toBe(refusal);
    expect(await ids()).toEqual([]);
  });

  it('joins the open one when nested, and commits once', async () => {
    await unitOfWork.run(async () => {
      await unitOfWork.run(() => add('inner'));
      await add('outer');
      expect(await ids()).toEqual(['inner', 'outer']);
    });

    expect(await ids()).toEqual(['inner', 'outer']);
  });

  it('keeps units of work that overlap apart', async () => {
    const works = Array.from({ length: 30 }, (_, turn) =>
      unitOfWork.run(async () => {
        await add(`${turn}-1`);
        await add(`${turn}-2`);
        if (turn % 3 === 0) throw new Error('undone');
      }),
    );

    const results = await Promise.allSettled(works);

    expect(results.filter((result) => result.status === 'rejected')).toHaveLength(10);
    expect(await ids()).toHaveLength(40);
  });

  it('undoes a savepoint alone, with its callbacks, and goes on after a duplicate', async () => {
    const told: string[] = [];
    await unitOfWork.run(async () => {
      await add('a');
      for (let turn = 0; turn < 70; turn += 1) {
        const part = unitOfWork.savepoint(async () => {
          unitOfWork.afterCommit(() => told.push('undone'));
          await add(`part ${turn}`);
          await add('a');
        });
        const error: unknown = await part.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(uniqueViolation(error)).toBeDefined();
      }
      await unitOfWork.savepoint(async () => {
        await add('b');
        unitOfWork.afterCommit(() => told.push('kept'));
        await expect(unitOfWork.savepoint(() => add('a'))).rejects.toThrow();
      });
    });

    expect(await ids()).toEqual(['a', 'b']);
    expect(told).toEqual(['kept']);
  });

  it('has no savepoint outside a unit of work', async () => {
    await expect(unitOfWork.savepoint(() => add('a'))).rejects.toThrow('open one first');
  });

  it('calls back after the commit, in order, and sees what was committed', async () => {
    const told: string[] = [];
    let seen: Promise<string[]> | undefined;
    await unitOfWork.run(async () => {
      await add('a');
      unitOfWork.afterCommit(() => told.push('first'));
      unitOfWork.afterCommit(() => {
        throw new Error('a callback that fails harms nobody');
      });
      unitOfWork.afterCommit(() => {
        seen = ids();
      });
      unitOfWork.afterCommit(() => told.push('last'));
      expect(told).toEqual([]);
    });

    expect(told).toEqual(['first', 'last']);
    expect(await seen).toEqual(['a']);
  });

  it('never calls back for what was undone, and at once where nothing is open', async () => {
    const told: string[] = [];
    const work = unitOfWork.run(() => {
      unitOfWork.afterCommit(() => told.push('undone'));
      return Promise.reject(new Error('no'));
    });
    await expect(work).rejects.toThrow('no');

    unitOfWork.afterCommit(() => told.push('at once'));

    expect(told).toEqual(['at once']);
  });

  it('refuses work that goes on after the end of its unit', async () => {
    let goOn = (): void => undefined;
    const ended = new Promise<void>((resolve) => (goOn = resolve));
    const strays: Promise<unknown>[] = [];
    await unitOfWork.run(async () => {
      await add('a');
      strays.push(
        ended.then(() => add('stray')),
        ended.then(() => ids()),
        ended.then(() => unitOfWork.run(() => add('stray'))),
      );
    });
    goOn();

    const results = await Promise.allSettled(strays);

    expect(
      results.map((result) => (result.status === 'rejected' ? String(result.reason) : 'ran')),
    ).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining('a unit of work that has ended')),
    );
    expect(await ids()).toEqual(['a']);
  });

  it('reads and writes the same values by row class and by statement', async () => {
    const thing = {
      id: 'a',
      name: 'É 😀 \' " % _ \\',
      created,
      data: { z: 1, a: [true, null, 'x'], n: 1.5 },
      search: { deep: { name: "o'neil" } },
      isActive: false,
      parentPk: null,
    };
    const inserted = await unitOfWork.manager.insert(ThingRow, thing);
    await add('b');

    expect(inserted.identifiers).toEqual([{ pk: 1 }]);
    expect(await unitOfWork.manager.findOneBy(ThingRow, { id: 'a' })).toEqual({ ...thing, pk: 1 });
    const rows = await unitOfWork.query<{ search: string }>(
      sql`select pk, name, created, data, search, active from things where id = ${'a'}`,
    );
    expect(rows).toEqual([
      {
        pk: 1,
        name: thing.name,
        created,
        data: JSON.stringify(thing.data),
        search: expect.any(String),
        active: 0,
      },
    ]);
    expect(JSON.parse(rows[0]?.search ?? '')).toEqual(thing.search);
    expect(
      await unitOfWork.query(
        sql`select count(*) as n, sum(pk) as total from things where active = ${true}`,
      ),
    ).toEqual([{ n: 1, total: 2 }]);
  });

  it('gives the rows of a write that returns some, and counts them', async () => {
    const insert = (id: string) =>
      sql`insert into things (id, created, data, active) values (${id}, ${created}, '{}', ${true}) returning pk, id`;

    expect(await unitOfWork.query(insert('a'))).toEqual([{ pk: 1, id: 'a' }]);
    expect(await unitOfWork.execute(insert('b'))).toBe(1);
    expect(await unitOfWork.execute(sql`delete from things where id = ${'c'}`)).toBe(0);
  });

  it('tells a duplicate as the problem of its field, by whatever the database calls it', async () => {
    await add('a');
    const error: unknown = await add('a').then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const problem = { field: 'id', rule: 'duplicate', message: 'That id is taken.' } as const;

    const translate = () =>
      translateUnique(error, [
        { constraint: 'things_id', columns: 'things.id', problem: () => problem },
      ]);

    expect(translate).toThrow(expect.objectContaining({ code: 'conflict', problems: [problem] }));
    expect(() => translateUnique(error, [])).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/unique/i) }),
    );
    const raw: unknown = await unitOfWork
      .execute(sql`insert into things (id, created, data, active) values ('a', 0, '{}', ${true})`)
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    expect(uniqueViolation(raw)).toEqual(uniqueViolation(error));
  });

  it('knows a broken reference, of a row that comes and of one that goes', async () => {
    const coming = {
      id: 'a',
      name: null,
      created,
      data: {},
      search: null,
      isActive: true,
      parentPk: 99,
    };
    const failedInsert: unknown = await unitOfWork.manager.insert(ThingRow, coming).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    await add('parent');
    await unitOfWork.execute(sql`insert into things (id, created, data, active, parent_pk)
      select 'child', 0, '{}', active, pk from things where id = 'parent'`);
    const failedDelete: unknown = await unitOfWork
      .execute(sql`delete from things where id = 'parent'`)
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );

    const constraint = database.name === 'postgres' ? 'things_parent' : undefined;
    expect(foreignKeyViolation(failedInsert)).toEqual({ constraint });
    expect(foreignKeyViolation(failedDelete)).toEqual({ constraint });
    expect(foreignKeyViolation(new Error('other'))).toBeUndefined();
  });
});
