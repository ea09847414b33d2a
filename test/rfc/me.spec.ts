import { expect } from '@jest/globals';
import {
  aPatch,
  aUser,
  everythingIn,
  expectScimError,
  userUrn,
} from '../support/scim-assertions.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

chapter('/Me', (server) => {
  sentence('N1', async () => {
    const answer = await server.client.scim('GET', '/Me');

    expectScimError(answer, 501);
    expect(answer.headers.get('location')).toBeNull();
  });

  sentence('N2', async () => {
    for (const path of ['/Me', '/Me/', '/Me?attributes=userName'])
      expectScimError(await server.client.scim('GET', path), 501);
  });

  sentence('N3', async () => {
    const before = await everythingIn(server.client);
    for (const [method, body] of [
      ['POST', aUser()],
      ['PUT', aUser()],
      ['PATCH', aPatch({ op: 'replace', path: 'title', value: 'x' })],
      ['DELETE', undefined],
      ['PUT', { schemas: [userUrn] }],
    ] as const)
      expectScimError(await server.client.scim(method, '/Me', body), 501);
    expect(await everythingIn(server.client)).toBe(before);
  });
});
