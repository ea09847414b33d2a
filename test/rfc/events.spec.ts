import { expect } from '@jest/globals';
import { aPatch, aUser, create, read } from '../support/scim-assertions.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

const later = { prefer: 'respond-async' };

chapter('events and asynchronous requests', (server) => {
  /** The answers of the four writes when they would rather be answered later. */
  async function writes(headers: Readonly<Record<string, string>>) {
    const made = await server.client.scim('POST', '/Users', aUser(), headers);
    const path = `/Users/${made.body.id}`;
    return [
      made,
      await server.client.scim('PUT', path, made.body, headers),
      await server.client.scim(
        'PATCH',
        path,
        aPatch({ op: 'add', value: { title: 'x' } }),
        headers,
      ),
      await server.client.scim('DELETE', path, undefined, headers),
    ];
  }

  sentence('J1', async () => {
    expect(await read(server.client, '/ServiceProviderConfig')).not.toHaveProperty(
      'securityEvents',
    );
  });

  sentence('J2', async () => {
    const answers = await writes(later);

    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 204]);
    expect(answers[2]?.body.title).toBe('x');
  });

  sentence('J3', async () => {
    for (const { headers } of await writes(later)) {
      expect([headers.get('set-txn'), headers.get('preference-applied')]).toEqual([null, null]);
    }
  });

  sentence('J4', async () => {
    const { Resources } = await read(server.client, '/ResourceTypes');
    const made = await create(server.client, 'Users', aUser());

    expect(JSON.stringify([Resources, made])).not.toMatch(/sub_id|SecurityEvent/i);
  });

  sentence('J5', async () => {
    for (const path of ['/Events', '/Feeds', '/.well-known/ssf-configuration']) {
      expect((await server.client.scim('GET', path)).status).toBe(404);
    }
    const config = JSON.stringify(await read(server.client, '/ServiceProviderConfig'));
    expect(config).not.toMatch(/urn:ietf:params:scim:event/);
  });

  sentence('J6', async () => {
    const usual = await writes({});
    for (const prefer of [
      'respond-async',
      'return=minimal',
      'wait=10, respond-async',
      'nonsense',
    ]) {
      const answers = await writes({ prefer });
      expect(answers.map(({ status }) => status)).toEqual(usual.map(({ status }) => status));
      for (const [index, { body }] of answers.entries()) {
        expect(Object.keys(body ?? {})).toEqual(Object.keys(usual[index]?.body ?? {}));
      }
    }
  });
});
