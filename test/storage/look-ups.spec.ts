import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { GroupService } from '../../src/directory/group.service.js';
import { UserService } from '../../src/directory/user.service.js';
import type { UserField } from '../../src/directory/user-fields.js';
import type { Condition } from '../../src/kernel/condition.js';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { limitSql } from '../../src/persistence/limit-sql.js';
import { type Sql, sql } from '../../src/persistence/sql.js';
import { SqliteConnection } from '../../src/persistence/sqlite-connection.js';
import { togetherSql } from '../../src/persistence/together-sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import type { TenantContext } from '../../src/tenants/tenant-context.js';
import { awkwardStrings } from '../properties/awkward-strings.js';
import { databases, type FreshDatabase } from '../support/databases.js';
import { statementsOf } from '../support/plan.js';
import { openRooms, type TestRooms } from '../support/rooms.js';

const texts = awkwardStrings.filter((text) => text.isWellFormed() && !text.includes('\0'));

describe.each(databases)('look-ups that come together on $name', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  let unitOfWork: UnitOfWork;
  let queries: jest.SpiedFunction<typeof pg.Client.prototype.query>;

  beforeEach(async () => {
    // Each connection takes it as it finds it.
    queries = jest.spyOn(pg.Client.prototype, 'query');
    fresh = await database.createEmpty();
    dataSource = await createDataSource(dataSourceOptions(fresh.settings)).initialize();
    unitOfWork = new UnitOfWork(dataSource);
    await dataSource.query(
      'create table notes (pk integer not null primary key, kind text, text text not null, is_late boolean not null)',
    );
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await dataSource.destroy();
    await fresh.drop();
  });

  async function add(
    pk: number,
    text: string,
    kind: string | null = null,
    isLate = false,
  ): Promise<void> {
    await unitOfWork.execute(
      sql`insert into notes (pk, kind, text, is_late) values (${pk}, ${kind}, ${text}, ${isLate})`,
    );
  }

  const lookUp = (statement: Sql) => unitOfWork.query(statement, 'look-up');
  /** Each by itself, as every other query is run. */
  const alone = (statement: Sql) => unitOfWork.query(statement);

  async function expectSameTogether(statements: readonly Sql[]): Promise<unknown[][]> {
    const expected: unknown[][] = [];
    for (const statement of statements) expected.push(await alone(statement));
    const handed = handedOver();
    const found = await Promise.all(statements.map(lookUp));
    expect(found).toMatchObject(expected);
    expect(found.map((rows) => rows.length)).toEqual(expected.map((rows) => rows.length));
    // Nothing was run by itself, which would also be what becomes of a statement for many that fails.
    expect(handed().filter((text) => !text.includes('asked_together'))).toEqual([]);
    return expected;
  }

  /** The look-ups that the database is handed from now on, without the questions for their columns. */
  function handedOver(): () => string[] {
    if (database.name === 'sqlite') {
      const all = jest.spyOn(SqliteConnection.prototype, 'all');
      return () => {
        const texts = all.mock.calls.map(([text]) => text);
        all.mockRestore();
        return texts.filter((text) => !text.includes('from (select 1) left join'));
      };
    }
    queries.mockClear();
    return () => queries.mock.calls.map(([query]) => (query as unknown as { text: string }).text);
  }

  it('find every awkward text by its exact value, and tell it as it is', async () => {
    await unitOfWork.run(async () => {
      for (const [pk, text] of texts.entries()) await add(pk, text);
    });

    const byText = (text: string) =>
      sql`select pk, text from notes where text = ${text} order by pk`;
    const short = texts.filter((text) => text.length < 100);
    const long = texts.filter((text) => text.length >= 100);

    const found = await expectSameTogether(short.map(byText));
    expect(found).toEqual(short.map((text) => [{ pk: texts.indexOf(text), text }]));
    // Very long ones go by themselves.
    expect(await Promise.all(long.map((text) => lookUp(byText(text))))).toMatchObject(
      long.map((text) => [{ pk: texts.indexOf(text), text }]),
    );
  }, 30_000);

  it('give none, one or several rows each, in their order', async () => {
    for (const [pk, kind] of ['b', 'a', 'b', 'b'].entries()) await add(pk, `note ${pk}`, kind);

    const found = await expectSameTogether(
      ['a', 'b', 'c', 'b'].map(
        (kind) => sql`select pk from notes where kind = ${kind} order by pk desc`,
      ),
    );

    expect(found).toEqual([
      [{ pk: 1 }],
      [{ pk: 3 }, { pk: 2 }, { pk: 0 }],
      [],
      [{ pk: 3 }, { pk: 2 }, { pk: 0 }],
    ]);
  });

  it('stop at the limit of each, after the rows that each steps over', async () => {
    for (const pk of [1, 2, 3, 4]) await add(pk, 'same', pk % 2 === 0 ? 'even' : 'odd');
    const page = (kind: string, limit: number, offset: number) => sql`
      select pk from notes where kind = ${kind} order by pk ${limitSql(limit, offset, database.name)}`;

    const found = await expectSameTogether([
      page('even', 1, 0),
      page('odd', 1, 0),
      page('even', 1, 1),
      page('odd', 1, 1),
      page('odd', 2, 0),
      page('even', 2, 0),
    ]);

    expect(found).toEqual([
      [{ pk: 2 }],
      [{ pk: 1 }],
      [{ pk: 4 }],
      [{ pk: 3 }],
      [{ pk: 1 }, { pk: 3 }],
      [{ pk: 2 }, { pk: 4 }],
    ]);
  });

  it('compare numbers as numbers and flags as flags, and know null', async () => {
    await add(9, 'nine', 'k', true);
    await add(10, 'ten', null, false);

    await expectSameTogether([9, 10, 2].map((pk) => sql`select * from notes where pk > ${pk}`));
    await expectSameTogether(
      [9.5, 8.5].map((number) => sql`select pk from notes where pk + 0.2 > ${number} order by pk`),
    );
    const late = await expectSameTogether(
      [true, false].map((isLate) => sql`select pk, is_late from notes where is_late = ${isLate}`),
    );
    const same = await expectSameTogether(
      ['k', null].map(
        (kind) =>
          sql`select pk from notes where coalesce(kind, ${'none'}) = coalesce(${kind}, 'none')`,
      ),
    );

    expect(late).toEqual([[{ pk: 9, is_late: 1 }], [{ pk: 10, is_late: 0 }]]);
    expect(same).toEqual([[{ pk: 9 }], [{ pk: 10 }]]);
  });

  it('may be recursive, and name what the statement around them might name too', async () => {
    for (const pk of [1, 2, 3]) await add(pk, 'same');

    await expectSameTogether(
      [2, 3].map(
        (
          most,
        ) => sql`with recursive asked(value) as (select 1 union all select value + 1 from asked where value < ${most})
          select found.pk from notes found where found.pk in (select value from asked) order by found.pk`,
      ),
    );
  });

  it('fail one by one', async () => {
    await add(1, 'one');
    await add(2, 'not a document');
    const asJson = (pk: number) =>
      database.name === 'sqlite'
        ? sql`select json_extract(case when pk = 1 then '{}' else text end, '$') as n from notes where pk = ${pk}`
        : sql`select (case when pk = 1 then '{}' else text end)::json::text as n from notes where pk = ${pk}`;

    await lookUp(asJson(1));
    const found = await Promise.allSettled([1, 2, 1, 3].map((pk) => lookUp(asJson(pk))));

    expect(found.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(found.at(-1)).toEqual({ status: 'fulfilled', value: [] });
  });
});

describe.each(databases)('the look-ups of people and groups on $name', (database) => {
  let rooms: TestRooms;
  let context: TenantContext;

  beforeAll(async () => {
    rooms = await openRooms(database);
    context = await rooms.aTenant('Acme');
  });
  afterAll(() => rooms.close());

  const userBy = (condition: Condition<UserField>) => () =>
    rooms.get(UserService).search(context, condition, { offset: 0, limit: 100 });
  const is = <Field extends string>(field: Field, value: string): Condition<Field> => ({
    kind: 'compare',
    field,
    operator: 'eq',
    value,
  });
  const workAddress: Condition<UserField> = {
    kind: 'some',
    field: 'emails',
    condition: { kind: 'and', conditions: [is('type', 'work'), is('value', 'a@x')] },
  };

  const hot: [string, string, () => Promise<unknown>][] = [
    ['id', 'users', () => rooms.get(UserService).find(context, context.tenantId)],
    ['userName', 'users', userBy(is('userName', 'ann'))],
    ['externalId', 'external', userBy(is('externalId', 'x1'))],
    ['address', 'found', userBy(is('emails.value', 'a@x'))],
    ['address of a type', 'found', userBy(workAddress)],
    ['id of a group', 'groups', () => rooms.get(GroupService).find(context, context.tenantId)],
  ];

  it.each(hot)('by %s are led by an index to each of their rows', async (_, table, lookUp) => {
    const unitOfWork = rooms.get(UnitOfWork);
    const statements = await statementsOf(unitOfWork, lookUp);
    const [statement] = statements;
    if (statement === undefined) throw new Error('a look-up is a statement');
    const values = statement.ownValues(database.name);
    const { text, values: given } = togetherSql(statement, ['pk'], database.name).print(
      [values, values],
      statement.rowCounts,
    );

    const explain = database.name === 'sqlite' ? 'explain query plan' : 'explain';
    const plan = await rooms.get(UnitOfWork).run(async () => {
      if (database.name === 'postgres')
        await unitOfWork.execute(sql`set local enable_seqscan = off`);
      const explained: unknown[] = await unitOfWork.manager.query(`${explain} ${text}`, [...given]);
      return JSON.stringify(explained);
    });

    if (database.name === 'sqlite') {
      expect(plan).toMatch(new RegExp(`SEARCH ${table} USING`));
      expect(plan).not.toMatch(/SCAN (users|groups|found|external|shown)/);
    } else {
      expect(plan).toMatch(/Index Cond: [^"]*\(asked_together\.value ->> /);
      expect(plan).not.toContain('Seq Scan');
    }
    expect(plan).not.toContain('element_0');
  });

  if (database.name === 'postgres')
    it.each(hot)('by %s are planned once for a connection', async (_, __, lookUp) => {
      const unitOfWork = rooms.get(UnitOfWork);
      const [statement] = await statementsOf(unitOfWork, lookUp);
      if (statement === undefined) throw new Error('a look-up is a statement');
      const { text } = togetherSql(statement, ['pk'], 'postgres').print([], statement.rowCounts);
      const values = JSON.stringify([statement.ownValues('postgres')]);
      const counts = statement.rowCounts.join(', ');

      const [plans] = await unitOfWork.run(async () => {
        await unitOfWork.manager.query(`prepare many as ${text}`);
        const given = counts === '' ? `'${values}'` : `'${values}', ${counts}`;
        for (let time = 0; time < 10; time += 1)
          await unitOfWork.manager.query(`execute many (${given})`);
        const counted = await unitOfWork.query<{ custom: number }>(
          sql`select custom_plans as custom from pg_prepared_statements where name = 'many'`,
        );
        await unitOfWork.manager.query('deallocate many');
        return counted;
      });

      // The first five are planned for their values, to see whether that is worth it.
      expect(plans).toEqual({ custom: 5 });
    });
});
