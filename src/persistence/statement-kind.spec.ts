import { describe, expect, it } from '@jest/globals';
import { statementKind } from './statement-kind.js';

describe('statementKind', () => {
  it.each([
    ['select 1', true, true],
    ['  \n SELECT 1', true, true],
    ['-- why\n/* and * how */ select 1', true, true],
    ['values (1)', true, true],
    ['with x as (select 1) select * from x', true, true],
    ['with x as (select 1) insert into y select * from x', false, false],
    ['with x as (select 1) delete from y returning id', false, true],
    ['insert into y values (1)', false, false],
    ['insert into y values (1) RETURNING pk', false, true],
    ['update y set a = 1', false, false],
    ['delete from y', false, false],
    ['pragma foreign_keys = on', false, true],
    ['create table y (a)', false, false],
    ['BEGIN IMMEDIATE', false, false],
    ['', false, false],
  ])('%j is a read: %s, has rows: %s', (text, isRead, hasRows) => {
    expect(statementKind(text)).toEqual({ isRead, hasRows });
  });
});
