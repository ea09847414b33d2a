import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';

interface RecordedRequest {
  readonly call: string;
  readonly method: string;
  readonly path: string;
  /** Sent without an API key. */
  readonly anonymous?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * What FusionAuth's client libraries put on the wire, method by method in this order, for objects that were just made:
 * beside a name or a type, nothing in them was set. Recorded from the libraries themselves.
 */
const recordings = ['java', 'go', 'python', 'typescript'].map((name) => {
  const file = new URL(`../fusionauth-requests/${name}.json`, import.meta.url);
  const { client, requests }: { client: string; requests: RecordedRequest[] } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  return { client, requests };
});

/** What must have been found, beside that the call was taken. A call that is there twice has an entry each time. */
const totals: Readonly<Record<string, readonly number[]>> = {
  searchTenants: [2],
  searchEntityTypes: [1],
  searchEntities: [2, 1],
  searchEntitiesByIds: [2],
  searchEntityGrants: [1],
  searchLambdas: [4],
};

const settings = databases.flatMap((database) =>
  recordings.map((recording) => ({ database, name: database.name, ...recording })),
);

describe.each(settings)('requests of $client on $name', ({ database, requests }) => {
  let app: TestApp;
  const seen = new Map<string, number>();

  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());

  it.each(requests)('FIND C14 are taken: $call', async (request) => {
    const { call, method, path, anonymous = false, headers = {}, body } = request;
    const turn = seen.get(call) ?? 0;
    seen.set(call, turn + 1);

    const answer = await app.request(method, path, {
      headers,
      ...(anonymous ? { key: null } : {}),
      ...(body === undefined ? {} : { body }),
    });

    expect([answer.status, answer.body?.fieldErrors]).toEqual([200, undefined]);
    const total = totals[call]?.[turn];
    if (total !== undefined) expect(answer.body.total).toBe(total);
  });
});
