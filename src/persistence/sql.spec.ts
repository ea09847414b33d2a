import { describe, expect, it } from '@jest/globals';
import { joinSql, RowCount, sql } from './sql.js';

describe('sql', () => {
  it('keeps every value out of the text', () => {
    const statement = sql`select * from users where name = ${"'; drop table users; --"} and age > ${3}`;

    expect(statement.print('postgres')).toEqual({
      text: 'select * from users where name = $1 and age > $2',
      values: ["'; drop table users; --", 3],
    });
    expect(statement.print('sqlite').text).toBe('select * from users where name = ? and age > ?');
  });

  it('numbers the parameters of nested pieces in the order of the text', () => {
    const inner = sql`b = ${2} and c = ${3}`;
    const outer = sql`select ${1} where (${inner}) or (${inner}) and d = ${4}`;

    expect(outer.print('postgres')).toEqual({
      text: 'select $1 where (b = $2 and c = $3) or (b = $4 and c = $5) and d = $6',
      values: [1, 2, 3, 2, 3, 4],
    });
  });

  it('takes pieces without values, at the edges too', () => {
    expect(sql`${sql.raw('select')} ${sql`1`}${sql``}`.print('postgres')).toEqual({
      text: 'select 1',
      values: [],
    });
  });

  it('gives SQLite numbers for booleans', () => {
    expect(sql`${true}, ${false}, ${null}`.print('sqlite').values).toEqual([1, 0, null]);
    expect(sql`${true}`.print('postgres').values).toEqual([true]);
  });

  it('tells numbers of rows from its other values, which it counts by themselves', () => {
    const statement = sql`select ${true}, ${'a'} limit ${new RowCount(5)} offset ${new RowCount(7)} + ${2}`;

    expect(statement.rowCounts).toEqual([5, 7]);
    expect(statement.ownValues('sqlite')).toEqual([1, 'a', 2]);
    expect(statement.ownValues('postgres')).toEqual([true, 'a', 2]);
    expect(statement.print('sqlite').values).toEqual([1, 'a', 5, 7, 2]);
    expect(
      statement.printWith(
        (value, index) => `own${index}(${String(value)})`,
        (index) => `rows${index}`,
      ),
    ).toBe('select own0(true), own1(a) limit rows0 offset rows1 + own2(2)');
  });

  it.each([
    [[], '', []],
    [['a'], '$1', ['a']],
    [['a', sql`lower(${'B'})`, 'c'], '$1, lower($2), $3', ['a', 'B', 'c']],
  ])('joins %j', (items, text, values) => {
    expect(joinSql(items, ', ').print('postgres')).toEqual({ text, values });
  });
});
