import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aScimConnection } from '../support/scim-connection.js';
import { parseConversation } from './conversation.js';
import { play } from './play-conversation.js';

/** What each client sends with every request, also with those that have no body. */
const clientHeaders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  okta: {
    'user-agent': 'Okta SCIM Client 1.0.0',
    accept: 'application/scim+json',
    'content-type': 'application/scim+json; charset=utf-8',
  },
  entra: { 'content-type': 'application/scim+json; charset=utf-8' },
  others: {},
};

const recorded = Object.keys(clientHeaders).flatMap((client) => {
  const folder = new URL(`./${client}/`, import.meta.url);
  return readdirSync(folder).map((file) => ({
    client,
    name: `${client}/${file}`,
    url: new URL(file, folder),
  }));
});

/** Each conversation has a tenant and a token of its own, so it begins with nobody there. */
describe.each(databases)('recorded conversations on $name', (database) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp(database);
  });

  afterAll(async () => {
    await app.close();
  });

  it.each(recorded)('plays $name to its end', async ({ client, url }) => {
    const conversation = parseConversation(JSON.parse(readFileSync(url, 'utf8')));
    const { baseUrl, token } = await aScimConnection(app);

    await play(conversation, { baseUrl, token, headers: clientHeaders[client] ?? {} });
  });
});
