import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { read } from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { sentence } from './sentence.js';

describe.each(databases)('RFC: discovery on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  sentence('D1', async () => {
    const config = await read(client, '/ServiceProviderConfig');

    expect(config.schemas).toEqual(['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig']);
  });

  sentence('D2', async () => {
    const config = await read(client, '/ServiceProviderConfig');

    for (const feature of ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag']) {
      expect([feature, typeof config[feature]?.supported]).toEqual([feature, 'boolean']);
    }
  });

  sentence('D3', async () => {
    const { bulk } = await read(client, '/ServiceProviderConfig');

    for (const limit of [bulk.maxOperations, bulk.maxPayloadSize]) {
      expect(Number.isInteger(limit)).toBe(true);
    }
  });
});
