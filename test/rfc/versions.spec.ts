import { expect } from '@jest/globals';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  everythingIn,
  expectScimError,
  read,
  type ScimBody,
} from '../support/scim-assertions.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

const endpoints = ['Users', 'EnterpriseUsers', 'Groups'] as const;

chapter('versions', (server) => {
  const make = (endpoint: string, attributes: object = {}) =>
    create(server.client, endpoint, endpoint === 'Groups' ? aGroup(attributes) : aUser(attributes));
  const titled = (endpoint: string, text: string) =>
    aPatch({
      op: 'replace',
      path: endpoint === 'Groups' ? 'externalId' : 'title',
      value: text,
    });
  const get = (path: string, ifNoneMatch?: string) =>
    server.client.scim(
      'GET',
      path,
      undefined,
      ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch },
    );
  const versionOf = async (path: string): Promise<string> =>
    (await read(server.client, path)).meta.version;

  sentence('V1', async () => {
    for (const endpoint of endpoints) {
      const post = await server.client.scim(
        'POST',
        `/${endpoint}`,
        endpoint === 'Groups' ? aGroup() : aUser(),
      );
      const path = `/${endpoint}/${post.body.id}`;
      const patch = await server.client.scim(
        'PATCH',
        `${path}?attributes=meta`,
        titled(endpoint, 'x'),
      );
      const put = await server.client.scim(
        'PUT',
        path,
        patch.body.id ? await read(server.client, path) : {},
      );
      for (const answer of [post, patch, put, await get(path)]) {
        expect(answer.headers.get('etag')).toBe(answer.body.meta.version);
        expect(answer.body.meta.version).toMatch(/^W\/"[0-9.]+"$/);
      }
      const silent = await server.client.scim('PATCH', path, titled(endpoint, 'y'));
      expect(silent.headers.get('etag')).toBe(await versionOf(path));
      const { Resources } = await read(
        server.client,
        `/${endpoint}?filter=id%20eq%20"${post.body.id}"`,
      );
      expect(Resources[0].meta.version).toBe(await versionOf(path));
    }
  });

  sentence('V2', async () => {
    for (const endpoint of endpoints) {
      const made = await make(endpoint);
      const path = `/${endpoint}/${made.id}`;
      const first = await versionOf(path);
      expect(await versionOf(path)).toBe(first);
      await server.client.scim('PATCH', path, titled(endpoint, 'new'));
      const second = await versionOf(path);
      expect(second).not.toBe(first);
      await server.client.scim('PATCH', path, titled(endpoint, 'new'));
      await server.client.scim('PUT', path, await read(server.client, path));
      expect(await versionOf(path)).toBe(second);
    }
  });

  sentence('V2', 'also when somebody enters or leaves a group', async () => {
    const user = await make('Users');
    const group = await make('Groups');
    const paths = [`/Users/${user.id}`, `/Groups/${group.id}`];
    const seen = [await Promise.all(paths.map(versionOf))];
    for (const operation of [
      { op: 'add', path: 'members', value: [{ value: user.id }] },
      { op: 'remove', path: `members[value eq "${user.id}"]` },
    ]) {
      await server.client.scim('PATCH', `/Groups/${group.id}`, aPatch(operation));
      seen.push(await Promise.all(paths.map(versionOf)));
    }

    expect(new Set(seen.map(([ofUser]) => ofUser)).size).toBe(3);
    expect(new Set(seen.map(([, ofGroup]) => ofGroup)).size).toBe(3);
  });

  sentence('V2', 'also when the group that somebody is in enters or leaves another', async () => {
    const user = await make('Users');
    const innermost = await make('Groups', { members: [{ value: user.id }] });
    const inner = await make('Groups', { members: [{ value: innermost.id }] });
    const outer = await make('Groups');
    const seen = [await versionOf(`/Users/${user.id}`)];
    const changes = [
      () =>
        server.client.scim(
          'PATCH',
          `/Groups/${outer.id}`,
          aPatch({ op: 'add', path: 'members', value: [{ value: inner.id }] }),
        ),
      () =>
        server.client.scim(
          'PATCH',
          `/Groups/${outer.id}`,
          aPatch({ op: 'remove', path: `members[value eq "${inner.id}"]` }),
        ),
      () => server.client.scim('DELETE', `/Groups/${inner.id}`),
    ];
    for (const change of changes) {
      await change();
      seen.push(await versionOf(`/Users/${user.id}`));
    }

    expect(new Set(seen).size).toBe(4);
  });

  sentence('V3', async () => {
    for (const endpoint of endpoints) {
      const path = `/${endpoint}/${(await make(endpoint)).id}`;
      const version = await versionOf(path);
      for (const header of [version, version.slice(2), `"x", ${version}`, '*']) {
        const answer = await get(path, header);
        expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([
          304,
          '',
          version,
        ]);
      }
      for (const header of ['W/"x"', 'x', '"7.7"', ''])
        expect((await get(path, header)).status).toBe(200);
      await server.client.scim('PATCH', path, titled(endpoint, 'moved'));
      expect((await get(path, version)).status).toBe(200);
    }
  });

  sentence('V3', 'a person whose groups changed is read anew', async () => {
    const user = await make('Users');
    const before = await versionOf(`/Users/${user.id}`);
    const group = await make('Groups', { members: [{ value: user.id }] });
    const answer = await get(`/Users/${user.id}`, before);

    expect(answer.status).toBe(200);
    expect(answer.body.groups).toMatchObject([{ value: group.id }]);
  });

  sentence('V4', async () => {
    for (const endpoint of endpoints) {
      const made = await make(endpoint);
      const path = `/${endpoint}/${made.id}`;
      const old = await versionOf(path);
      await server.client.scim('PATCH', path, titled(endpoint, 'since'));
      const before = await everythingIn(server.client);
      const foreign = endpoint === 'Groups' ? 'W/"2.0"' : 'W/"2"';
      for (const header of [old, `${old}, "x"`, 'W/"none"', foreign, 'nonsense', '']) {
        const headers = { 'if-match': header };
        const body = { ...(await read(server.client, path)), externalId: 'never' };
        for (const [method, content] of [
          ['PUT', body],
          ['PATCH', titled(endpoint, 'never')],
          ['DELETE', undefined],
        ] as const)
          expectScimError(await server.client.scim(method, path, content, headers), 412);
      }
      expect(await everythingIn(server.client)).toBe(before);

      for (const write of ['PATCH', 'PUT', 'PATCH', 'DELETE'] as const) {
        const current = await versionOf(path);
        const header = { PATCH: `"x", ${current}`, PUT: current.slice(2), DELETE: '*' }[write];
        const content: ScimBody = {
          PATCH: titled(endpoint, current),
          PUT: made,
          DELETE: undefined,
        }[write];
        const answer = await server.client.scim(write, path, content, { 'if-match': header });
        expect([200, 204]).toContain(answer.status);
      }
      expectScimError(
        await server.client.scim('DELETE', path, undefined, { 'if-match': '*' }),
        404,
      );
    }
  });

  sentence('V4', 'a change of membership refuses no change of the person', async () => {
    const user = await make('Users');
    await make('Groups', { members: [{ value: user.id }] });
    const put = await server.client.scim(
      'PUT',
      `/Users/${user.id}`,
      { ...user, title: 'new' },
      { 'if-match': user.meta.version },
    );

    expect(put).toMatchObject({ status: 200, body: { title: 'new' } });
  });

  sentence('V4', 'of two writers that have seen the same version one comes through', async () => {
    for (const endpoint of endpoints) {
      const path = `/${endpoint}/${(await make(endpoint)).id}`;
      for (let round = 0; round < 10; round += 1) {
        const headers = { 'if-match': await versionOf(path) };
        const texts = [`a${round}`, `b${round}`];
        const answers = await Promise.all(
          texts.map((text) => server.client.scim('PATCH', path, titled(endpoint, text), headers)),
        );
        const statuses = answers.map(({ status }) => status);
        expect(statuses.filter((status) => status === 412)).toHaveLength(1);
        const winner = texts[statuses.findIndex((status) => status < 300)];
        const { title, externalId } = await read(server.client, path);
        expect(endpoint === 'Groups' ? externalId : title).toBe(winner);
      }
    }
  });

  sentence('V4', 'a PATCH and a DELETE of one version do not both happen', async () => {
    for (const endpoint of endpoints) {
      const path = `/${endpoint}/${(await make(endpoint)).id}`;
      const headers = { 'if-match': await versionOf(path) };
      const [patch, gone] = await Promise.all([
        server.client.scim('PATCH', path, titled(endpoint, 'x'), headers),
        server.client.scim('DELETE', path, undefined, headers),
      ]);
      const outcome = [patch.status < 300, gone.status];
      expect([
        [true, 412],
        [false, 204],
      ]).toContainEqual(outcome);
    }
  });

  sentence('V5', async () => {
    const path = `/Users/${(await make('Users')).id}`;
    const version = await versionOf(path);
    const list = await get('/Users?count=1');
    const config = await get('/ServiceProviderConfig', '*');
    const missing = await get('/Users/nobody', version);

    expect([list.headers.get('etag'), config.headers.get('etag')]).toEqual([null, null]);
    expect([config.status, missing.status, missing.headers.get('etag')]).toEqual([200, 404, null]);
    const head = await server.client.scim('HEAD', path);
    expect(head.text).toBe('');
    expect([head.status, head.headers.get('etag')]).toEqual([200, version]);
  });
});
