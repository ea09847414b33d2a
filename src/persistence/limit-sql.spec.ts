import { describe, expect, it } from '@jest/globals';
import { limitSql } from './limit-sql.js';

describe('a limit', () => {
  it('is never a bare parameter on SQLite, which would plan by it each time', () => {
    expect(limitSql(100, 20, 'sqlite').print('sqlite')).toEqual({
      text: 'limit ? + 0 offset ? + 0',
      values: [100, 20],
    });
  });

  it('is a parameter on PostgreSQL, whose plans are kept, and alone where nothing is skipped', () => {
    expect(limitSql(100, 0, 'postgres').print('postgres')).toEqual({
      text: 'limit $1',
      values: [100],
    });
    expect(limitSql(100, 20, 'postgres').print('postgres').text).toBe('limit $1 offset $2');
  });
});
