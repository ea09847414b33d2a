import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { quickstartFilePath, readQuickstartFile } from './quickstart-file.js';

describe('readQuickstartFile', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'rollcall-quickstart-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });

  it('has nothing to give before the first run', () => {
    expect(readQuickstartFile(dataDir)).toEqual({});
  });

  it.each([
    ['is half written', '{"baseUrl": "http', {}],
    ['holds a list', '[]', {}],
    ['holds values that are not text', '{"tenantId": 7, "apiKey": "rck_x"}', { apiKey: 'rck_x' }],
  ])('takes what is whole from a file that %s', (_, text, expected) => {
    writeFileSync(quickstartFilePath(dataDir), text);

    expect(readQuickstartFile(dataDir)).toEqual(expected);
  });
});
