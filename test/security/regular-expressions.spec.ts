import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

describe('regular expressions', () => {
  it.each([
    'src/cli/rollcall.ts',
    'src/scim-core/instant.ts',
    'test/security/regular-expressions.spec.ts',
  ])('R5 the linter lets none through in %s that is more than linear', async (file) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['node_modules/eslint/bin/eslint.js', '--print-config', file],
      { maxBuffer: 16 * 1_024 * 1_024 },
    );

    const { rules } = JSON.parse(stdout);

    expect(rules['regexp/no-super-linear-backtracking'][0]).toBe(2);
    expect(rules['regexp/no-super-linear-move'][0]).toBe(2);
  });
});
