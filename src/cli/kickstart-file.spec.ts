import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandError } from './command-error.js';
import { builtInsOf } from './kickstart-built-ins.js';
import { type Kickstart, type KickstartFile, readKickstart } from './kickstart-file.js';

const builtIns = builtInsOf({ tenantId: 'the-tenant', signingKeyId: 'the-key' });

describe('readKickstart', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-kickstart-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function readFile(
    content: unknown,
    others: Readonly<Record<string, string>> = {},
  ): KickstartFile {
    for (const [name, text] of Object.entries(others)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const file = join(folder, 'kickstart.json');
    if (content !== undefined)
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return readKickstart(file);
  }

  const read = (content: unknown, others?: Readonly<Record<string, string>>): Kickstart =>
    readFile(content, others).resolve(builtIns);

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

  it.each([
    ['FUSIONAUTH_TENANT_ID', 'the-tenant'],
    ['FUSIONAUTH_APPLICATION_ID', '3c219e58-ed0e-4b18-ad48-f4f92793ae32'],
    ['FUSIONAUTH_DEFAULT_SIGNING_KEY_ID', 'the-key'],
    [
      'FUSIONAUTH_LAMBDA[SCIMServerUserRequestConverter]_ID',
      '5c1a0001-0000-4000-8000-000000000001',
    ],
    [
      'FUSIONAUTH_LAMBDA[SCIMServerGroupResponseConverter]_ID',
      '5c1a0001-0000-4000-8000-000000000004',
    ],
  ])('FIND C1 knows the built-in variable %s, in variables too', (name, expected) => {
    const content = {
      variables: { a: `<#{${name}}>`, b: '#{a}#{a}', [name]: 'of the file' },
      apiKeys,
      requests: [{ method: 'POST', url: `/#{${name}}`, body: '#{b}' }],
    };

    expect(read(content).requests).toMatchObject([
      { url: `/${expected}`, body: `<${expected}><${expected}>` },
    ]);
  });

  it('FIND C1 looks up a file that an included file names beside the Kickstart file', () => {
    const others = {
      'parts/body.json': '{"note":"@{parts/note.txt}","more":"&{more.json}"}',
      'parts/note.txt': 'a note of #{a}',
      'parts/more.json': '"beside the included file"',
      'more.json': '"beside the Kickstart file"',
    };

    expect(bodyOf('&{parts/body.json}', others)).toEqual({
      note: 'a note of A',
      more: 'beside the Kickstart file',
    });
  });

  it('has one value for an id that is asked for again', () => {
    const file = readFile({
      variables: { defaultTenantId: '#{UUID()}' },
      apiKeys,
      requests: [{ method: 'PUT', url: '/#{defaultTenantId}' }],
    });

    expect(file.resolve(builtIns).requests).toMatchObject([{ url: `/${file.defaultTenantId}` }]);
  });

  it('takes requests to be none, and a body to be JSON, when it is not told', () => {
    expect(read({ apiKeys })).toEqual({ apiKeys, requests: [] });
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
    [undefined, 'cannot be read'],
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
    [{ apiKeys, variables: { a: '#{b}', b: 'later' } }, '#{b}, which has no value'],
    [
      { apiKeys: [{ key: '#{FUSIONAUTH_LAMBDA[NoSuchType]_ID}' }] },
      '#{FUSIONAUTH_LAMBDA[NoSuchType]_ID}, which has no value',
    ],
    [{ apiKeys, variables: { defaultTenantId: 'x' } }, 'defaultTenantId must be a UUID'],
    [
      { apiKeys, variables: { defaultTenantId: '#{FUSIONAUTH_TENANT_ID}' } },
      'defaultTenantId cannot use a built-in one',
    ],
    [{ apiKeys: [{ key: '#{ENV.SURELY_NOT_SET_ANYWHERE}' }] }, 'which has no value'],
    [{ apiKeys: [{ key: '@{none}' }] }, 'cannot be read'],
    [{ apiKeys: [{ key: '&{loop}' }] }, 'without end'],
  ])('refuses %j', (content, sentence) => {
    const refused = () => read(content, { loop: '{"again":"&{loop}"}' });

    expect(refused).toThrow(CommandError);
    expect(refused).toThrow(sentence);
  });

  it('FIND C1 takes a variable from a file, also where it is an API key', () => {
    const { apiKeys: keys } = read(
      {
        variables: { apiKey: '@{key.txt}', late: '@{late.txt}' },
        apiKeys: [{ key: '#{apiKey}' }, { key: '#{late}' }],
      },
      { 'key.txt': 'text of the file', 'late.txt': 'of #{FUSIONAUTH_TENANT_ID}' },
    );

    expect(keys).toEqual([{ key: 'text of the file' }, { key: 'of the-tenant' }]);
  });

  it('FIND C1 takes all variables from a file', () => {
    const content = { variables: '&{variables.json}', apiKeys: [{ key: '#{a}' }] };

    expect(read(content, { 'variables.json': '{"a":"A"}' }).apiKeys).toEqual([{ key: 'A' }]);
  });

  it.each([
    [{ variables: ['a'] }, 'In the Kickstart file, variables must be an object.'],
    [{ variables: 'a' }, 'In the Kickstart file, variables must be an object.'],
    [
      { variables: { a: '&{list.json}' } },
      'The Kickstart variable a must be text; the JSON file that it names holds something else.',
    ],
    [
      { requests: [{ method: 'POST', url: '/x', tenantId: 5 }] },
      'In request 1 of the Kickstart file, tenantId must be text.',
    ],
    [
      { requests: [{ method: 'POST', url: '/x', contentType: 7 }] },
      'In request 1 of the Kickstart file, contentType must be text.',
    ],
  ])('refuses %j', (content, sentence) => {
    expect(() => read({ apiKeys, ...content }, { 'list.json': '[1]' })).toThrow(
      new CommandError(sentence),
    );
  });
});
