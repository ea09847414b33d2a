import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import type { ComparisonOperator, Condition } from '../../src/kernel/condition.js';
import { compareCodePoints } from '../../src/kernel/text.js';
import { conditionSql, type FieldTable } from '../../src/persistence/condition-sql.js';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { columnTypes } from '../../src/persistence/migrations/column-types.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { databases, type FreshDatabase } from '../support/databases.js';

interface Email {
  readonly value?: string;
  readonly type?: string | null;
  readonly primary?: boolean;
  readonly tags?: readonly string[];
}

interface Person {
  readonly name: string;
  readonly nick: string | null;
  readonly age: number | null;
  readonly isActive: boolean | null;
  readonly keys: readonly string[];
  readonly profile: {
    readonly title?: string | number | null;
    readonly rank?: number | string;
    readonly isRemote?: boolean;
    readonly address?: { readonly city?: string; readonly 'urn:x:2.0:y'?: string };
    readonly emails?: readonly Email[] | string;
    readonly labels?: readonly (string | number)[];
  };
}

/** Texts on which databases, collations and wildcards differ. */
const awkwardTexts = [
  '',
  'a',
  'A',
  'b',
  'ab',
  'aB',
  'a%',
  'a_',
  'ab%c',
  'a*',
  '*b*',
  'a*%*c',
  '[a]*',
  '[^b]',
  '%',
  '_',
  '\\',
  "'",
  '"',
  "o'neil",
  '--',
  '$1',
  '?',
  ':a',
  ' ',
  ' a',
  'a ',
  'é',
  'e\u0301',
  'É',
  'ß',
  'z',
  '\uD7FF',
  '\uE000',
  '\uFF5E',
  '\uFFFF',
  '\u{1F600}',
  '\u{1F600}a',
  'a\u{1F600}',
  '\u{10FFFF}',
  'a\u{10FFFF}',
  '\u{10FFFF}\u{10FFFF}',
  '\n',
  '\t',
  '5',
  '1e3',
  'true',
  'null',
  '{}',
  '[]',
  '{"a":1}',
];

const people: readonly Person[] = [
  ...awkwardTexts.map((text, index): Person => ({
    name: text,
    nick: index % 3 === 0 ? null : text,
    age: index % 4 === 0 ? null : index - 5,
    isActive: index % 5 === 0 ? null : index % 2 === 0,
    keys: awkwardTexts.slice(index, index + 2),
    profile: {
      title: text,
      rank: index / 2,
      isRemote: index % 2 === 0,
      address: { city: text, 'urn:x:2.0:y': text },
      emails: [
        { value: text, type: 'work', primary: true, tags: [text] },
        { value: `${text}@home`, type: 'home' },
      ],
      labels: [text, index],
    },
  })),
  { name: 'nobody', nick: null, age: null, isActive: null, keys: [], profile: {} },
  {
    name: 'nulls',
    nick: null,
    age: 0,
    isActive: false,
    keys: [],
    profile: { title: null, emails: [{ type: null }], address: {} },
  },
  {
    name: 'odd',
    nick: 'odd',
    age: 2 ** 52,
    isActive: true,
    keys: ['x'],
    profile: { title: 5, rank: '5', emails: 'none', labels: [] },
  },
];

const fields: FieldTable = {
  name: { kind: 'column', expression: sql`people.name`, type: 'text', notNull: true },
  nick: { kind: 'column', expression: sql`people.nick`, type: 'text' },
  age: { kind: 'column', expression: sql`people.age`, type: 'number' },
  isActive: { kind: 'column', expression: sql`people.active`, type: 'flag' },
  // Text that is no column has the database's own order on PostgreSQL, not ours.
  kind: {
    kind: 'column',
    expression: sql`case when people.age is null then 'é' else 'zoo' end`,
    type: 'text',
    notNull: true,
  },
  title: { kind: 'json', document: sql`people.profile`, path: ['title'], type: 'text' },
  rank: { kind: 'json', document: sql`people.profile`, path: ['rank'], type: 'number' },
  isRemote: { kind: 'json', document: sql`people.profile`, path: ['isRemote'], type: 'flag' },
  city: { kind: 'json', document: sql`people.profile`, path: ['address', 'city'], type: 'text' },
  urn: {
    kind: 'json',
    document: sql`people.profile`,
    path: ['address', 'urn:x:2.0:y'],
    type: 'text',
  },
  address: { kind: 'json', document: sql`people.profile`, path: ['address'], type: 'any' },
  emails: {
    kind: 'elements',
    document: sql`people.profile`,
    path: ['emails'],
    of: (email) => ({
      value: { kind: 'json', document: email, path: ['value'], type: 'text' },
      fields: {
        value: { kind: 'json', document: email, path: ['value'], type: 'text' },
        type: { kind: 'json', document: email, path: ['type'], type: 'text' },
        primary: { kind: 'json', document: email, path: ['primary'], type: 'flag' },
        tags: {
          kind: 'elements',
          document: email,
          path: ['tags'],
          of: (tag) => ({ value: { kind: 'json', document: tag, path: [], type: 'text' } }),
        },
      },
    }),
  },
  labels: {
    kind: 'elements',
    document: sql`people.profile`,
    path: ['labels'],
    of: (label) => ({ value: { kind: 'json', document: label, path: [], type: 'text' } }),
  },
  keys: {
    kind: 'related',
    exists: (inner) =>
      sql`exists (select 1 from person_keys k where k.person = people.id and ${inner})`,
    value: { kind: 'column', expression: sql`k.text`, type: 'text', notNull: true },
    fields: { text: { kind: 'column', expression: sql`k.text`, type: 'text', notNull: true } },
  },
};

/** The same fields in memory: the values that a field has, and for elements the values of theirs. */
type Values = readonly (string | number | boolean)[];
type Memory = {
  readonly [name: string]: { readonly values: Values; readonly elements?: readonly Memory[] };
};

function toMemory(person: Person): Memory {
  const { profile } = person;
  const emails = Array.isArray(profile.emails) ? (profile.emails as readonly Email[]) : [];
  return {
    name: one(person.name),
    nick: one(person.nick),
    age: one(person.age),
    isActive: one(person.isActive),
    kind: one(person.age === null ? 'é' : 'zoo'),
    title: one(typeof profile.title === 'string' ? profile.title : null),
    rank: one(typeof profile.rank === 'number' ? profile.rank : null),
    isRemote: one(profile.isRemote),
    city: one(profile.address?.city),
    urn: one(profile.address?.['urn:x:2.0:y']),
    address: { values: Object.keys(profile.address ?? {}).length > 0 ? ['there'] : [] },
    emails: {
      values: emails.flatMap((email) => email.value ?? []),
      elements: emails.map((email) => ({
        value: one(email.value),
        type: one(email.type),
        primary: one(email.primary),
        tags: { values: email.tags ?? [] },
      })),
    },
    labels: { values: (profile.labels ?? []).filter((label) => typeof label === 'string') },
    keys: { values: person.keys, elements: person.keys.map((key) => ({ text: one(key) })) },
  };
}

function one(value: string | number | boolean | null | undefined): { readonly values: Values } {
  return { values: value === null || value === undefined ? [] : [value] };
}

/** The plainest reading of a condition that there is. */
function matches(condition: Condition, memory: Memory): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.conditions.every((each) => matches(each, memory));
    case 'or':
      return condition.conditions.some((each) => matches(each, memory));
    case 'not':
      return !matches(condition.condition, memory);
    case 'present':
      return (memory[condition.field]?.values.length ?? 0) > 0;
    case 'some':
      return (memory[condition.field]?.elements ?? []).some((element) =>
        matches(condition.condition, element),
      );
    case 'compare': {
      const { operator, value } = condition;
      const values = memory[condition.field]?.values ?? [];
      if (operator === 'ne') return !values.some((each) => compares('eq', each, value));
      if (condition.field === 'address') return false;
      return values.some((each) => compares(operator, each, value));
    }
  }
}

function compares(
  operator: ComparisonOperator,
  left: string | number | boolean,
  right: string | number | boolean,
): boolean {
  if (typeof left !== typeof right) return false;
  if (operator === 'eq') return left === right;
  if (typeof left === 'boolean') return false;
  if (typeof left === 'string' && typeof right === 'string') {
    if (operator === 'co') return left.includes(right);
    if (operator === 'sw') return left.startsWith(right);
    if (operator === 'ew') return left.endsWith(right);
    if (operator === 'like') return likePattern(right).test(left);
  }
  const order =
    typeof left === 'string'
      ? compareCodePoints(left, String(right))
      : Number(left) - Number(right);
  if (operator === 'gt') return order > 0;
  if (operator === 'ge') return order >= 0;
  if (operator === 'lt') return order < 0;
  return operator === 'le' && order <= 0;
}

function likePattern(text: string): RegExp {
  const literals = text.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`, 'su');
}

const operators: readonly ComparisonOperator[] = [
  'eq',
  'ne',
  'co',
  'sw',
  'ew',
  'like',
  'gt',
  'ge',
  'lt',
  'le',
];
const allValues = [...awkwardTexts, 0, 5, -1, 2.5, 2 ** 40, 2 ** 53, 1e300, -0.001, true, false];

function conditions(): Condition[] {
  const names = Object.keys(fields);
  const comparisons = names.flatMap((field) =>
    operators.flatMap((operator) =>
      allValues.map((value): Condition => ({ kind: 'compare', field, operator, value })),
    ),
  );
  return [
    ...comparisons,
    ...names.map((field): Condition => ({ kind: 'present', field })),
    { kind: 'and', conditions: [] },
    { kind: 'or', conditions: [] },
  ];
}

const leaf = fc.oneof(
  fc.record({
    kind: fc.constant('compare' as const),
    field: fc.constantFrom(...Object.keys(fields)),
    operator: fc.constantFrom(...operators),
    value: fc.constantFrom(...allValues),
  }),
  fc.record({
    kind: fc.constant('present' as const),
    field: fc.constantFrom(...Object.keys(fields)),
  }),
  fc.record({
    kind: fc.constant('some' as const),
    field: fc.constant('emails'),
    condition: fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      conditions: fc.array(
        fc.record({
          kind: fc.constant('compare' as const),
          field: fc.constantFrom('value', 'type', 'primary', 'tags'),
          operator: fc.constantFrom(...operators),
          value: fc.constantFrom(...allValues, 'work', 'home', '@home'),
        }),
        { maxLength: 3 },
      ),
    }),
  }),
);

const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      conditions: fc.array(tie('tree'), { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), condition: tie('tree') }),
  ),
}));

describe.each(databases)('conditionSql on $name', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  let unitOfWork: UnitOfWork;

  beforeAll(async () => {
    fresh = await database.createEmpty();
    dataSource = await createDataSource(dataSourceOptions(fresh.settings)).initialize();
    unitOfWork = new UnitOfWork(dataSource);
    const types = columnTypes(database.name);
    await dataSource.query(`create table people (
      id integer not null primary key, name ${types.text} not null, nick ${types.text}, age ${types.instant},
      active ${types.flag}, profile ${types.searchableJson} not null)`);
    await dataSource.query(
      `create table person_keys (person integer not null, text ${types.key} not null)`,
    );
    await dataSource.query('create index people_name on people (name)');
    await unitOfWork.run(async () => {
      for (const [id, person] of people.entries()) await insert(id, person);
    });
  });

  afterAll(async () => {
    await dataSource.destroy();
    await fresh.drop();
  });

  async function insert(id: number, person: Person): Promise<void> {
    await unitOfWork.execute(sql`insert into people (id, name, nick, age, active, profile)
      values (${id}, ${person.name}, ${person.nick}, ${person.age}, ${person.isActive}, ${JSON.stringify(person.profile)})`);
    for (const key of person.keys)
      await unitOfWork.execute(sql`insert into person_keys values (${id}, ${key})`);
  }

  async function found(condition: Condition, kind?: 'look-up'): Promise<number[]> {
    const where = conditionSql(condition, fields, database.name);
    const rows = await unitOfWork.query<{ id: number }>(
      sql`select id from people where ${where} order by id`,
      kind,
    );
    return rows.map((row) => row.id);
  }

  function expected(condition: Condition): number[] {
    return [...people.entries()]
      .filter(([, person]) => matches(condition, toMemory(person)))
      .map(([id]) => id);
  }

  it('finds what memory finds, for every field, operator and awkward value', async () => {
    for (const condition of conditions()) {
      expect([JSON.stringify(condition), await found(condition)]).toEqual([
        JSON.stringify(condition),
        expected(condition),
      ]);
    }
  }, 120_000);

  it('finds what memory finds, for conditions of any shape and for their opposites', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (condition) => {
        expect(await found(condition)).toEqual(expected(condition));
        const opposite: Condition = { kind: 'not', condition };
        expect(await found(opposite)).toEqual(expected(opposite));
      }),
      { numRuns: 300 },
    );
  });

  it('finds the same for those that come together', async () => {
    const refused = jest.spyOn(Logger.prototype, 'error');
    await fc.assert(
      fc.asyncProperty(tree, async (condition) => {
        const together = [1, 2, 3].map(() => found(condition, 'look-up'));
        expect(await Promise.all(together)).toEqual([1, 2, 3].map(() => expected(condition)));
      }),
      { numRuns: 150 },
    );
    // What can not travel together is told, and run by itself.
    expect(refused).not.toHaveBeenCalled();
    refused.mockRestore();
  });

  it('asks one element, not several together, with some', async () => {
    const both = (value: string, type: string): Condition => ({
      kind: 'some',
      field: 'emails',
      condition: {
        kind: 'and',
        conditions: [
          { kind: 'compare', field: 'value', operator: 'eq', value },
          { kind: 'compare', field: 'type', operator: 'eq', value: type },
        ],
      },
    });

    expect(await found(both('z', 'work'))).toHaveLength(1);
    expect(await found(both('z', 'home'))).toEqual([]);
  });

  it.each(['eq', 'sw'] as const)(
    'lets an index find %s on a column that is never null',
    async (operator) => {
      const where = conditionSql(
        { kind: 'compare', field: 'name', operator, value: 'ab' },
        fields,
        database.name,
      );
      if (database.name === 'sqlite') {
        const plan = await unitOfWork.query<{ detail: string }>(
          sql`explain query plan select id from people where ${where}`,
        );
        expect(plan.map((step) => step.detail).join()).toContain('people_name');
        return;
      }
      await unitOfWork.run(async () => {
        await unitOfWork.execute(sql`set local enable_seqscan = off`);
        const plan = await unitOfWork.query(sql`explain select id from people where ${where}`);
        expect(JSON.stringify(plan)).toContain('people_name');
        expect(JSON.stringify(plan)).toContain('Index Cond');
      });
    },
  );

  it.each(['missing', 'constructor', '__proto__'])(
    'refuses the field %s, which nobody offers',
    (field) => {
      expect(() => conditionSql({ kind: 'present', field }, fields, database.name)).toThrow(
        'no field',
      );
    },
  );
});
