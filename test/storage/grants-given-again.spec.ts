import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConnectionService } from '../../src/connections/connection.service.js';
import type { Entity } from '../../src/entities/entity.js';
import { EntityService } from '../../src/entities/entity.service.js';
import { GrantService } from '../../src/entities/grant.service.js';
import type { TenantContext } from '../../src/tenants/tenant-context.js';
import { TokenService } from '../../src/tokens/token.service.js';
import { TokenVerifier } from '../../src/tokens/token-verifier.js';
import { databases } from '../support/databases.js';
import { openRooms, openRoomsOn, type TestRooms } from '../support/rooms.js';
import { testContext } from '../support/test-context.js';

/** A token that lives no longer than an hour has no record. */
const [unrecorded, recorded] = [3_600, 3_601];

const permissions = ['scim:user:read'];

describe.each(databases)('FIND R-13 a grant given again on $name', (database) => {
  let rooms: TestRooms;
  let grants: GrantService;
  let entities: EntityService;
  let tokens: TokenService;
  beforeAll(async () => {
    rooms = await openRooms(database);
    [grants, entities, tokens] = [
      rooms.get(GrantService),
      rooms.get(EntityService),
      rooms.get(TokenService),
    ];
  });
  afterAll(() => rooms.close());

  let context: TenantContext;
  let client: Entity;
  let server: Entity;
  let tenantNumber = 0;
  beforeEach(async () => {
    tenantNumber += 1;
    context = await rooms.aTenant(`Tenant ${tenantNumber}`);
    const made = await rooms
      .get(ConnectionService)
      .ensureScim(testContext, context.tenantId, 'Client');
    [client, server] = [made.client.entity, made.server];
  });

  const anEntity = async (like: Entity, id?: string) => {
    const draft = { name: like.name, typeId: like.type.id, parentId: undefined, data: {} };
    return (await entities.create(context, draft, id)).entity;
  };
  const grant = (target = server, recipient = client) =>
    grants.save(context, target.id, {
      recipient: { entityId: recipient.id },
      permissions,
      data: {},
    });
  const issue = async (lifetimeSeconds: number, targets = [server], to = client) => {
    const scope = targets.map(({ id }) => `target-entity:${id}`).join(' ');
    return (await tokens.issue(context, to, scope, { lifetimeSeconds })).accessToken;
  };
  const faultOf = async (text: string, verifier = rooms.get(TokenVerifier)) => {
    const verification = await verifier.verify(text, 'test');
    return verification.isGood ? 'good' : verification.fault;
  };
  const faultsOf = (texts: readonly string[]) => Promise.all(texts.map((text) => faultOf(text)));

  it('does not bring back the tokens that ended with it', async () => {
    const old = [await issue(unrecorded), await issue(recorded)];
    await grants.delete(context, server.id, { entityId: client.id });
    rooms.clock.advance(1_000);
    await grant();

    expect(await faultsOf(old)).toEqual(['no_longer_granted', 'revoked']);
    expect(await faultOf(await issue(unrecorded))).toBe('good');
    expect(await faultOf(await issue(recorded))).toBe('good');
  });

  it('does not bring back those with a record in the same second either', async () => {
    const old = await issue(recorded);
    await grants.delete(context, server.id, { entityId: client.id });
    await grant();

    expect(await faultOf(old)).toBe('revoked');
    expect(await faultOf(await issue(recorded))).toBe('good');
  });

  it('counts in whole seconds: a token of the second in which it was given is good', async () => {
    rooms.clock.advance(1_000 - (rooms.clock.now() % 1_000) + 900);
    await grants.delete(context, server.id, { entityId: client.id });
    await grant();

    expect(await faultOf(await issue(unrecorded))).toBe('good');
  });

  it('gives a good token also where this clock is behind the one of the process that gave it', async () => {
    rooms.clock.advance(5_000);
    await grants.delete(context, server.id, { entityId: client.id });
    await grant();
    rooms.clock.advance(-5_000);

    expect(await faultsOf([await issue(unrecorded), await issue(recorded)])).toEqual([
      'good',
      'good',
    ]);
    rooms.clock.advance(5_000);
  });

  it('ends the tokens that name the target among others, and no other token', async () => {
    const [second, other] = [await anEntity(server), await anEntity(client)];
    await grant(second);
    await grant(server, other);
    const both = await issue(recorded, [second, server]);
    const elsewhere = await issue(recorded, [second]);
    const ofAnother = await issue(recorded, [server], other);

    await grants.delete(context, server.id, { entityId: client.id });
    await grant();

    expect(await faultsOf([both, elsewhere, ofAnother])).toEqual(['revoked', 'good', 'good']);
  });

  it.each(['target', 'client'] as const)(
    'ends the tokens also when the %s is deleted and made again under its id',
    async (which) => {
      const old = [await issue(unrecorded), await issue(recorded)];
      const gone = which === 'target' ? server : client;
      await entities.delete(context, gone.id);
      const sameSecond = await anEntity(gone, gone.id);
      await grant(
        which === 'target' ? sameSecond : server,
        which === 'client' ? sameSecond : client,
      );
      expect(await faultOf(old[1] ?? '')).toBe('revoked');

      await entities.delete(context, gone.id);
      rooms.clock.advance(1_000);
      const again = await anEntity(gone, gone.id);
      await grant(which === 'target' ? again : server, which === 'client' ? again : client);

      expect(await faultsOf(old)).toEqual(['no_longer_granted', 'revoked']);
    },
  );

  it('is not asked for what a changed grant holds: the token has what both have', async () => {
    const old = await issue(recorded);
    rooms.clock.advance(1_000);
    await grant();
    await grants.save(context, server.id, {
      recipient: { entityId: client.id },
      permissions: ['scim:user:read', 'scim:user:create'],
      data: {},
    });

    expect(await faultOf(old)).toBe('good');
  });

  it('keeps the record of a token when its grant cannot be taken away after all', async () => {
    const old = await issue(recorded);
    const elsewhere = await rooms.aTenant(`Twin ${tenantNumber}`);

    await expect(
      grants.delete(elsewhere, server.id, { entityId: client.id }),
    ).rejects.toMatchObject({ code: 'not_found' });

    expect(await faultOf(old)).toBe('good');
  });

  it.each(['grant', 'target', 'client'] as const)(
    'ends also the tokens that are issued while the %s is being deleted',
    async (which) => {
      for (let round = 0; round < 20; round += 1) {
        const [target, holder] = [await anEntity(server), await anEntity(client)];
        await grant(target, holder);
        const end = () =>
          which === 'grant'
            ? grants.delete(context, target.id, { entityId: holder.id })
            : entities.delete(context, which === 'target' ? target.id : holder.id);
        const issues = [1, 2, 3].map(() => issue(recorded, [target], holder));

        // Some tokens are under way when it begins, and some come behind it.
        const ended = await Promise.allSettled([
          ...issues,
          end(),
          ...[1, 2, 3].map(() => issue(recorded, [target], holder)),
        ]);

        const listed = await tokens.listOfClient(context, holder.id, 10);
        expect(listed.filter(({ revokedAt }) => revokedAt === undefined)).toEqual([]);
        expect(ended[issues.length]).toMatchObject({ status: 'fulfilled' });
        for (const { status, ...rest } of ended)
          if (status === 'rejected')
            expect(rest).toMatchObject({ reason: { name: 'TokenRequestError' } });
      }
    },
  );

  it('is heard of by another process within a second', async () => {
    const shared = { settings: rooms.database.settings, drop: () => Promise.resolve() };
    const other = await openRoomsOn(shared);
    try {
      other.clock.advance(rooms.clock.now() - other.clock.now());
      const verifier = other.get(TokenVerifier);
      const old = [await issue(unrecorded), await issue(recorded)];
      expect(await Promise.all(old.map((text) => faultOf(text, verifier)))).toEqual([
        'good',
        'good',
      ]);
      const scope = `target-entity:${server.id}`;
      const issueThere = async (lifetimeSeconds: number) =>
        (await other.get(TokenService).issue(context, client, scope, { lifetimeSeconds }))
          .accessToken;
      await issueThere(unrecorded);

      await grants.delete(context, server.id, { entityId: client.id });
      // The other process still remembers that the scope is granted, and keeps no record in the grant's absence.
      await expect(issueThere(recorded)).rejects.toMatchObject({
        reason: 'invalid_target_entity_scope',
      });
      for (const { clock } of [rooms, other]) clock.advance(1_001);
      await grant();

      expect(await Promise.all(old.map((text) => faultOf(text, verifier)))).toEqual([
        'no_longer_granted',
        'revoked',
      ]);
      expect(await faultOf(await issue(unrecorded), verifier)).toBe('good');
    } finally {
      await other.close();
    }
  });
});
