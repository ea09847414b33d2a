import { describe, expect, it } from '@jest/globals';
import { Configuration } from '../config/configuration.js';
import { Clock } from '../kernel/clock.js';
import { SecretBox } from '../keys/secret-box.js';
import { parseListQuery } from '../scim-core/resource/list.js';
import { cursorTimeoutSeconds, type PagedList, Paging } from './paging.js';

class StillClock extends Clock {
  time = Date.UTC(2026, 0, 1);

  override now(): number {
    return this.time;
  }
}

function aPaging(key = 7): { readonly paging: Paging; readonly clock: StillClock } {
  const clock = new StillClock();
  const configuration = new Configuration({
    port: 0,
    host: '127.0.0.1',
    publicUrl: 'https://id.example.com',
    dataDir: '/nowhere',
    database: { kind: 'sqlite', file: '/nowhere', synchronous: 'normal' },
    encryptionKey: Buffer.alloc(32, key),
    secrets: 'readable',
    allowsShortSecrets: false,
    trustedProxies: [],
    logLevel: 'silent',
    kickstartFile: undefined,
    shutdownDelayMs: 0,
  });
  return { paging: new Paging(new SecretBox(configuration), clock), clock };
}

function aList(query: object = {}, over = 'User', tenantId = 'acme'): PagedList {
  return { tenantId, over, query: parseListQuery({ cursor: '', count: '2', ...query }) };
}

const mark = { pk: 41, value: 'Ünal "ß" 😀' };

function cursorOf(paging: Paging, list: PagedList): string {
  const { nextCursor } = paging.toAnswer(list, { resources: [], total: 9, next: mark });
  return String(nextCursor);
}

describe('cursors', () => {
  const { paging } = aPaging();
  const cursor = cursorOf(paging, aList());
  const refused = (scimType: string) => expect.objectContaining({ status: 400, scimType });
  const failure = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return error;
    }
  };

  it('lead on from the mark, also in another process with the same key', () => {
    expect(aPaging().paging.partOf(aList({ cursor }))).toEqual({ after: mark, limit: 2 });
    expect(cursor).toMatch(/^[A-Za-z0-9._~-]+$/);
  });

  it('are refused by an installation with another key', () => {
    expect(failure(() => aPaging(8).paging.partOf(aList({ cursor })))).toEqual(
      refused('invalidCursor'),
    );
  });

  it.each<[string, PagedList]>([
    ['another tenant', aList({ cursor }, 'User', 'globex')],
    ['another endpoint', aList({ cursor }, 'Group')],
    ['a filter', aList({ cursor, filter: 'userName pr' })],
    ['an order', aList({ cursor, sortBy: 'userName' })],
    ['another direction', aList({ cursor, sortOrder: 'descending' })],
  ])('are good for no list of %s', (_what, list) => {
    expect(failure(() => paging.partOf(list))).toEqual(refused('invalidCursor'));
  });

  it('are refused with any character changed, added or left out', () => {
    for (let at = 0; at <= cursor.length; at += 1) {
      const other = cursor[at] === 'A' ? 'B' : 'A';
      for (const text of [
        `${cursor.slice(0, at)}${other}${cursor.slice(at + 1)}`,
        `${cursor.slice(0, at)}${other}${cursor.slice(at)}`,
        ...(at < cursor.length ? [`${cursor.slice(0, at)}${cursor.slice(at + 1)}`] : []),
      ]) {
        const isSame = text === cursor;
        const outcome = failure(() => paging.partOf(aList({ cursor: text })));
        if (!isSame && text !== '') expect(outcome).toEqual(refused('invalidCursor'));
      }
    }
  });

  it('end with their time, and are bound to the count', () => {
    const { paging: later, clock } = aPaging();
    clock.time += cursorTimeoutSeconds * 1_000;
    expect(later.partOf(aList({ cursor }))).toMatchObject({ after: mark });
    expect(failure(() => later.partOf(aList({ cursor, count: '3' })))).toEqual(
      refused('invalidCount'),
    );
    clock.time += 1;
    expect(failure(() => later.partOf(aList({ cursor })))).toEqual(refused('expiredCursor'));
  });
});
