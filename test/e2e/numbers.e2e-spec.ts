import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aScimConnection } from '../support/scim-connection.js';

describe.each(databases)('numbers in bodies on $name', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());

  const create = (number: string) =>
    app.request('POST', '/api/entity/type', {
      body: `{"entityType":{"name":"${randomUUID()}","data":{"n":${number}}}}`,
    });

  it.each(['9007199254740993', '-12345678901234567890', '1e400'])(
    'R1 are refused by the name of their field when they would become others: %s',
    async (number) => {
      expect(await create(number)).toMatchObject({
        status: 400,
        body: { fieldErrors: { 'entityType.data.n': [{ code: '[invalid]entityType.data.n' }] } },
      });
    },
  );

  it.each(['9007199254740991', '-9007199254740992', '0.5', '1e300'])(
    'come back as they were: %s',
    async (number) => {
      const { body } = await create(number);

      const read = await app.request('GET', `/api/entity/type/${body.entityType.id}`);
      expect(read.body.entityType.data).toEqual({ n: Number(number) });
    },
  );

  it('R1 are refused over SCIM too', async () => {
    const { scim } = await aScimConnection(app);
    const body = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ann","urn:x:y":{"n":9007199254740993}}`;

    expect((await scim('POST', '/Users', body)).status).toBe(400);
    expect((await scim('GET', '/Users')).body.totalResults).toBe(0);
  });
});
