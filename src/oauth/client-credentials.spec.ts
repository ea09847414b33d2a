import { describe, expect, it } from '@jest/globals';
import { parseBasicCredentials, readClientCredentials } from './client-credentials.js';
import { parseForm } from './form-body.js';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('parseBasicCredentials', () => {
  it.each([
    ['id:secret', ['id'], ['secret']],
    ['id:a:b', ['id'], ['a:b']],
    ['id:50%', ['id'], ['50%']],
    ['id:pässword', ['id'], ['pässword']],
    ['id:a+b/c=', ['id'], ['a+b/c=', 'a b/c=']],
    ['a%2Db:rcs%5Fx', ['a%2Db', 'a-b'], ['rcs%5Fx', 'rcs_x']],
    ['id:a%00', ['id'], ['a%00']],
  ])('reads %j', (text, clientIds, clientSecrets) => {
    expect(parseBasicCredentials(basic(text))).toEqual({ clientIds, clientSecrets });
  });

  it('takes the scheme in any case, and base64 without its padding', () => {
    const header = basic('id:se').replace('Basic', 'bASIC').replaceAll('=', '');

    expect(parseBasicCredentials(header)).toEqual({ clientIds: ['id'], clientSecrets: ['se'] });
  });

  it.each([
    ['Bearer abc', 'wrongScheme'],
    ['abc', 'wrongScheme'],
    ['Basic', 'malformedBasic'],
    ['Basic ???', 'malformedBasic'],
    ['Basic YTpi YTpi', 'malformedBasic'],
    [basic('no-colon'), 'malformedBasic'],
    [basic('a\0:b'), 'malformedBasic'],
    [basic(':secret'), 'missingClientId'],
    [basic('id:'), 'missingClientSecret'],
  ])('refuses %j', (header, kind) => {
    expect(() => parseBasicCredentials(header)).toThrow(expect.objectContaining({ kind }));
  });
});

describe('readClientCredentials', () => {
  it.each([
    [undefined, ''],
    ['  ', ''],
    [undefined, 'client_id=id'],
  ])('finds none in header %j and form %j', (header, form) => {
    expect(readClientCredentials(header, parseForm(form))).toBeUndefined();
  });

  it.each([
    [basic('id:secret'), ''],
    [basic('id:secret'), 'client_id=id'],
    [undefined, 'client_id=id&client_secret=secret'],
  ])('finds them in header %j and form %j', (header, form) => {
    const expected = { clientIds: ['id'], clientSecrets: ['secret'] };

    expect(readClientCredentials(header, parseForm(form))).toEqual(expected);
  });

  it.each([
    [basic('id:secret'), 'client_id=other', 'clientIdMismatch'],
    [basic('id:secret'), 'client_id=other&client_secret=secret', 'clientIdMismatch'],
    [basic('id:secret'), 'client_id=id&client_secret=secret', 'twoAuthentications'],
    [basic('id:secret'), 'client_assertion=x', 'twoAuthentications'],
    [undefined, 'client_id=id&client_secret=secret&client_assertion=x', 'twoAuthentications'],
    [undefined, 'client_secret=secret', 'missingClientId'],
  ])('T3 refuses header %j with form %j', (header, form, kind) => {
    expect(() => readClientCredentials(header, parseForm(form))).toThrow(
      expect.objectContaining({ kind }),
    );
  });
});
