import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Json } from '../../src/kernel/json.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { clientHeaders, findConversations } from './clients.js';
import { parseConversation } from './conversation.js';
import { readEnding, type Ending } from './ending.js';
import { reorder, scramble, toTurns } from './order.js';
import { play, type Manner } from './play-conversation.js';

/** Each play has a tenant and a token of its own, so it begins with nobody there. */
describe.each(databases)('recorded conversations on $name', (database) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp(database);
  });

  afterAll(async () => {
    await app.close();
  });

  describe.each(findConversations())('$name', ({ client, url }) => {
    const conversation = parseConversation(JSON.parse(readFileSync(url, 'utf8')));
    const turns = toTurns(conversation);
    let recorded: Ending | undefined;

    const playFresh = async (manner: Manner): Promise<Ending> => {
      const connection = await aScimConnection(app);
      await play(conversation, { ...connection, headers: clientHeaders[client] ?? {} }, manner);
      return readEnding((path) => readBody(connection, path));
    };

    it('is played to its end', async () => {
      recorded = await playFresh({});
    });

    it('comes to the same end with every request sent twice', async () => {
      expect(await playFresh({ isDoubled: true })).toEqual(recorded);
    });

    it('comes to the same end in other orders, once with every request sent twice', async () => {
      expect(await playFresh({ turns: reorder(turns, 1) })).toEqual(recorded);
      expect(await playFresh({ turns: reorder(turns, 2), isDoubled: true })).toEqual(recorded);
    });

    it('has an answer for each request in any order, and none is a 5xx', async () => {
      await playFresh({ turns: scramble(turns, 3), isDoubled: true, isLenient: true });
    });
  });
});

async function readBody(connection: TestScimConnection, path: string): Promise<Json> {
  const { body } = await connection.scim('GET', path);
  return body;
}
