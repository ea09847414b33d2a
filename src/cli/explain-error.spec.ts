import { describe, expect, it } from '@jest/globals';
import { explainError } from './explain-error.js';

function withCode(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

describe('explainError', () => {
  it.each<[string, string, RegExp]>([
    ['28P01', 'password authentication failed for user "rollcall"', /user or the password/],
    ['28000', 'no pg_hba.conf entry', /user or the password/],
    ['3D000', 'database "rollcal" does not exist', /no database of the name/],
    ['SQLITE_NOTADB', 'SQLITE_NOTADB: file is not a database', /damaged or no SQLite database/],
    ['SQLITE_CORRUPT', 'SQLITE_CORRUPT: database disk image is malformed', /damaged/],
  ])('tells %s in one sentence that says what to do', (code, message, words) => {
    const driverError = withCode(code, message);
    const wrapped = Object.assign(new Error('Query failed'), { driverError });

    for (const error of [driverError, new Error('outer', { cause: driverError }), wrapped]) {
      const { sentences, exitCode, defect } = explainError(error);
      expect({ exitCode, defect }).toEqual({ exitCode: 1, defect: undefined });
      expect(sentences).toEqual([expect.stringMatching(words)]);
      expect(sentences[0]).toMatch(/ROLLCALL_DATABASE_URL|ROLLCALL_DATA_DIR/);
    }
  });

  it.each<[string, string, RegExp]>([
    [
      '',
      'Could not locate the bindings file. Tried:\n → /x/build/node_sqlite3.node',
      /npm rebuild/,
    ],
    [
      'ERR_DLOPEN_FAILED',
      '/x/Release/node_sqlite3.node: invalid ELF header',
      /npm rebuild sqlite3/,
    ],
    ['ERR_MODULE_NOT_FOUND', "Cannot find package 'pg' imported from /x/y.js", /pg .*npm ci/],
    ['MODULE_NOT_FOUND', "Cannot find module 'bindings'\nRequire stack:", /bindings .*npm ci/],
    ['', 'Cannot find native binding. Please try `npm i` again.', /npm ci --include=optional/],
  ])(
    'FIND F1 tells an installation that is not whole in one sentence: %s %j',
    (code, message, words) => {
      const { sentences, exitCode, defect } = explainError(withCode(code, message));

      expect({ exitCode, defect }).toEqual({ exitCode: 1, defect: undefined });
      expect(sentences).toEqual([expect.stringMatching(words)]);
    },
  );

  it('calls a defect a file of its own that is missing', () => {
    const error = withCode(
      'ERR_MODULE_NOT_FOUND',
      "Cannot find module '/x/dist/a.js' imported from b",
    );

    expect(explainError(error)).toMatchObject({ defect: error });
  });

  it('calls a defect what nothing else explains', () => {
    const error = new TypeError('x is not a function');

    expect(explainError(error)).toMatchObject({ exitCode: 1, defect: error });
  });
});
