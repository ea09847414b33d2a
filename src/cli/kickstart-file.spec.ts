import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandError } from './command-error.js';
import { type Kickstart, readKickstart } from './kickstart-file.js';

describe('readKickstart', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-kickstart-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function read(content: unknown, others: Readonly<Record<string, string>> = {}): Kickstart {
    for (const [name, text] of Object.entries(others)) writeFileSync(join(folder, name), text);
    const file = join(folder, 'kickstart.json');
    if (content !== undefined)
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return readKickstart(file);
  }

  const apiKeys = [{ key: 'k' }];
  const bodyOf = (body: unknown, others?: Readonly<Record<string, string>>) =>
    read(
      {
        variables: { a: 'A', id: '#{UUID()}' },
        apiKeys,
        requests: [{ method: 'POST', url: '/x', body }],
      },
      others,
    ).requests[0]?.body;

  it.each([
    ['#{a}', 'A'],
    ['<#{a}-#{a}>', '<A-A>'],
    ['\\#{a}', '#{a}'],
    ['{a} $ # #{', '{a} $ # #{'],
    [{ list: ['#{a}', 1, null, true] }, { list: ['A', 1, null, true] }],
    ['@{text}', 'is A'],
    ['&{json}', { deep: 'is A' }],
  ])('puts things in place of %j', (body, expected) => {
    expect(bodyOf(body, { text: 'is #{a}', json: '{"deep":"@{text}"}' })).toEqual(expected);
  });

  it('makes an id of a variable once, and of a body each time', () => {
    const ids = bodyOf(['#{id}', '#{id}', '#{UUID()}', '#{UUID()}']);

    expect(new Set(Array.isArray(ids) ? ids : [])).toHaveProperty('size', 3);
  });

  it('takes requests to be none, and a body to be JSON, when it is not told', () => {
    expect(read({ apiKeys })).toEqual({ defaultTenantId: undefined, apiKeys, requests: [] });
    expect(read({ apiKeys, requests: [{ method: 'PUT', url: '/x' }] }).requests).toEqual([
      {
        method: 'PUT',
        url: '/x',
        tenantId: undefined,
        contentType: 'application/json',
        body: undefined,
      },
    ]);
  });

  it.each([
    [undefined, 'can not be read'],
    ['{"apiKeys":', 'not valid JSON'],
    ['[]', 'must hold a JSON object'],
    [{ requests: [] }, 'at least one API key'],
    [{ apiKeys: [] }, 'at least one API key'],
    [{ apiKeys: ['k'] }, 'at least one API key'],
    [{ apiKeys, requests: {} }, 'requests must be a list'],
    [{ apiKeys, requests: [{ method: 'GET', url: '/x' }] }, 'Request 1'],
    [{ apiKeys, requests: [{ method: 'POST', url: 'http://elsewhere/x' }] }, 'begins with a slash'],
    [{ apiKeys, variables: { a: 1 } }, 'variable a must be text'],
    [{ apiKeys: [{ key: '#{b}' }] }, '#{b}, which has no value'],
    [{ apiKeys: [{ key: '#{ENV.SURELY_NOT_SET_ANYWHERE}' }] }, 'which has no value'],
    [{ apiKeys: [{ key: '@{none}' }] }, 'can not be read'],
    [{ apiKeys: [{ key: '&{loop}' }] }, 'without end'],
  ])('refuses %j', (content, sentence) => {
    const refused = () => read(content, { loop: '{"again":"&{loop}"}' });

    expect(refused).toThrow(CommandError);
    expect(refused).toThrow(sentence);
  });
});
