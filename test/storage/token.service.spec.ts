import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { ConnectionService } from '../../src/connections/connection.service.js';
import type { Entity } from '../../src/entities/entity.js';
import { EntityService } from '../../src/entities/entity.service.js';
import { EntityTypeService } from '../../src/entities/entity-type.service.js';
import { GrantService } from '../../src/entities/grant.service.js';
import { KeyService } from '../../src/keys/key.service.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { type TenantContext, tenantContext } from '../../src/tenants/tenant-context.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { signJws } from '../../src/tokens/jws.js';
import { TokenService } from '../../src/tokens/token.service.js';
import { TokenVerifier } from '../../src/tokens/token-verifier.js';
import { databases } from '../support/databases.js';
import { openRooms, openRoomsOn, type TestRooms } from '../support/rooms.js';
import { testContext } from '../support/test-context.js';

const hourSeconds = 3600;

describe.each(databases)('tokens on $name', (database) => {
  let rooms: TestRooms;
  let tokens: TokenService;
  let verifier: TokenVerifier;
  beforeAll(async () => {
    rooms = await openRooms(database);
    [tokens, verifier] = [rooms.get(TokenService), rooms.get(TokenVerifier)];
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

  const issue = (scope = `target-entity:${server.id}`, lifetimeSeconds = hourSeconds) =>
    tokens.issue(context, client, scope, { lifetimeSeconds });
  const faultOf = async (text: string) => {
    const verification = await verifier.verify(text, 'test');
    return verification.isGood ? 'good' : verification.fault;
  };
  const decode = (part: string | undefined) =>
    JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it("has the contract's header and claims, and an independent library verifies it", async () => {
    const scope = `target-entity:${server.id}:scim:user:read,scim:user:create`;

    const { accessToken, jti } = await issue(scope);

    const keys = createLocalJWKSet({
      keys: (await rooms.get(KeyService).listPublic()).map((jwk) => ({ ...jwk })),
    });
    const { payload, protectedHeader } = await jwtVerify(accessToken, keys, {
      currentDate: new Date(rooms.clock.now()),
    });
    expect(protectedHeader).toEqual({
      alg: 'ES256',
      gty: ['client_credentials'],
      kid: expect.any(String),
      typ: 'JWT',
      use: 'scim_server',
    });
    expect(payload).toEqual({
      aud: server.id,
      exp: rooms.clock.now() / 1000 + hourSeconds,
      iat: rooms.clock.now() / 1000,
      iss: 'https://id.example.com',
      jti,
      permissions: { [server.id]: ['scim:user:create', 'scim:user:read'] },
      scope,
      sub: client.id,
      tid: context.tenantId,
    });
  });

  it('carries neither audience nor permissions when nothing is asked for', async () => {
    const { accessToken } = await tokens.issue(context, client, undefined);
    const payload = decode(accessToken.split('.')[1]);

    expect(Object.keys(payload).sort()).toEqual(['exp', 'iat', 'iss', 'jti', 'sub', 'tid']);
    expect(await faultOf(accessToken)).toBe('good');
  });

  it('carries a list of audiences for several targets', async () => {
    const { entity: second } = await rooms
      .get(EntityService)
      .create(context, { name: 'second', typeId: server.type.id, parentId: undefined, data: {} });
    await rooms.get(GrantService).save(context, second.id, {
      recipient: { entityId: client.id },
      permissions: ['scim:group:read'],
      data: {},
    });

    const { accessToken } = await issue(
      `target-entity:${server.id}:scim:user:read target-entity:${second.id}`,
    );

    expect(decode(accessToken.split('.')[1])).toMatchObject({
      aud: [server.id, second.id],
      permissions: { [server.id]: ['scim:user:read'], [second.id]: ['scim:group:read'] },
    });
  });

  it('FIND M7 names the targets alone whose permissions it has', async () => {
    const { entity: bare } = await rooms
      .get(EntityService)
      .create(context, { name: 'bare', typeId: server.type.id, parentId: undefined, data: {} });
    const recipient = { entityId: client.id };
    await rooms.get(GrantService).save(context, bare.id, { recipient, permissions: [], data: {} });
    const payloadOf = async (scope: string) =>
      decode((await issue(scope)).accessToken.split('.')[1]);

    const alone = await payloadOf(`target-entity:${bare.id}`);
    const both = await payloadOf(
      `target-entity:${bare.id} target-entity:${server.id}:scim:user:read`,
    );

    expect(alone.aud).toBe(bare.id);
    expect(alone).not.toHaveProperty('permissions');
    expect(both.aud).toEqual([bare.id, server.id]);
    expect(both.permissions).toEqual({ [server.id]: ['scim:user:read'] });
  });

  it('T5 gives nothing beyond the grant, and one answer for every target that is not granted', async () => {
    const foreign = await rooms.aTenant(`Foreign ${tenantNumber}`);
    const { server: theirs } = await rooms
      .get(ConnectionService)
      .ensureScim(testContext, foreign.tenantId, 'Client');
    const ask = (scope: string) => issue(scope).catch((error: unknown) => error);

    const [foreignAnswer, unknownAnswer, ungranted] = [
      await ask(`target-entity:${theirs.id}`),
      await ask('target-entity:00000000-0000-4000-8000-000000000000'),
      await ask(`target-entity:${client.id}`),
    ];

    expect(foreignAnswer).toMatchObject({ reason: 'invalid_target_entity_scope' });
    expect(unknownAnswer).toEqual(foreignAnswer);
    expect(ungranted).toEqual(foreignAnswer);
    expect(await ask(`target-entity:${server.id}:scim:user:read,fly`)).toMatchObject({
      reason: 'invalid_entity_permission_scope',
    });
  });

  it("takes lifetime and key from the caller's type, else from the tenant", async () => {
    const types = rooms.get(EntityTypeService);
    const lifetimeOf = async () => {
      const found = await rooms.get(EntityService).get(context, client.id);
      const { exp, iat } = decode(
        (await tokens.issue(context, found, undefined)).accessToken.split('.')[1],
      );
      return exp - iat;
    };
    await rooms.get(TenantService).change(testContext, context.tenantId, (tenant) => ({
      ...tenant,
      token: { ...tenant.token, lifetimeSeconds: 120 },
    }));
    const before = client.type;
    const setToken = (token: typeof before.token) =>
      types.change(testContext, before.id, () => ({ ...before, token }));

    await setToken({ ...before.token, isEnabled: true, lifetimeSeconds: 60 });
    expect(await lifetimeOf()).toBe(60);
    await setToken({ ...before.token, isEnabled: false, lifetimeSeconds: 60 });
    expect(await lifetimeOf()).toBe(120);
    await setToken(before.token);
  });

  it('records what lives longer than an hour, and only that', async () => {
    await issue();
    const { jti } = await issue(undefined, hourSeconds + 1);

    const listed = await tokens.listOfClient(context, client.id, 10);

    expect(listed).toMatchObject([
      { jti, clientId: client.id, targetId: server.id, revokedAt: undefined },
    ]);
    expect(
      await tokens.listOfClient(await rooms.aTenant(`Twin ${tenantNumber}`), client.id, 10),
    ).toEqual([]);
  });

  it('T6 ends with its grant, its entity, its permission and its record', async () => {
    const { accessToken } = await issue(undefined, hourSeconds + 1);
    const grants = rooms.get(GrantService);
    const grant = { recipient: { entityId: client.id }, permissions: ['scim:user:read'], data: {} };
    expect(await faultOf(accessToken)).toBe('good');

    await grants.save(context, server.id, grant);
    const narrowed = await verifier.verify(accessToken, 'test');
    expect(narrowed.isGood && [...(narrowed.token.permissions.get(server.id) ?? [])]).toEqual([
      'scim:user:read',
    ]);

    await grants.delete(context, server.id, { entityId: client.id });
    expect(await faultOf(accessToken)).toBe('revoked');

    await grants.save(context, server.id, grant);
    const { accessToken: next } = await issue(undefined, hourSeconds + 1);
    expect(await faultOf(next)).toBe('good');
    await rooms
      .get(UnitOfWork)
      .execute(sql`delete from tokens where tenant_id = ${context.tenantId}`);
    rooms.clock.advance(1_001);
    expect(await faultOf(next)).toBe('revoked');

    const { accessToken: another } = await issue();
    await rooms.get(EntityService).delete(context, client.id);
    expect(await faultOf(another)).toBe('no_longer_granted');
  });

  it('T8 is good from its start to its end, under its issuers, with a minute for other clocks', async () => {
    const { accessToken } = await issue();
    await rooms
      .get(TenantService)
      .change(testContext, context.tenantId, (tenant) => ({ ...tenant, issuer: 'new.example' }));

    rooms.clock.advance(-61_000);
    expect(await faultOf(accessToken)).toBe('not_yet_valid');
    rooms.clock.advance(1_000);
    expect(await faultOf(accessToken)).toBe('good');
    rooms.clock.advance(60_000 + (hourSeconds - 1) * 1000);
    expect(await faultOf(accessToken)).toBe('good');
    rooms.clock.advance(1_000);
    expect(await faultOf(accessToken)).toBe('expired');
  });

  it('FIND R-8 ends with its grant on another process too, whose clock is set back', async () => {
    const { accessToken } = await issue();
    const shared = { settings: rooms.database.settings, drop: () => Promise.resolve() };
    const other = await openRoomsOn(shared);
    try {
      other.clock.set(rooms.clock.now() - other.clock.now());
      const there = async () => (await other.get(TokenVerifier).verify(accessToken, 'test')).isGood;
      expect(await there()).toBe(true);

      await rooms.get(GrantService).delete(context, server.id, { entityId: client.id });
      other.clock.set(-30_000);
      other.clock.advance(1_000);

      expect(await there()).toBe(false);
    } finally {
      await other.close();
    }
  });

  it('FIND M6 has ended at the very moment of its exp (RFC 7519 section 4.1.4)', async () => {
    rooms.clock.advance(1_000 - (rooms.clock.now() % 1_000));
    const { accessToken, ends } = await issue();

    rooms.clock.advance(ends - rooms.clock.now() - 1);
    expect(await faultOf(accessToken)).toBe('good');
    rooms.clock.advance(1);
    expect(rooms.clock.now()).toBe(ends);
    expect(await faultOf(accessToken)).toBe('expired');
  });

  it('FIND M6 is of the wrong kind when its times are no numbers', async () => {
    const { accessToken } = await issue();
    const [header, payload] = accessToken.split('.').slice(0, 2).map(decode);
    const signer = await rooms.get(KeyService).getSigner(undefined);

    for (const times of [{ exp: 'never' }, { exp: null }, { iat: '1' }, { nbf: '1' }]) {
      const text = signJws(header, { ...payload, ...times }, signer);
      expect(await verifier.verifySignature(text)).toEqual({ fault: 'wrong_kind' });
    }
  });

  it('T9 does not pass for a token of another tenant', async () => {
    const other = await rooms.aTenant(`Other ${tenantNumber}`);
    const { accessToken } = await issue();
    const [header, , signature] = accessToken.split('.');
    const payload = { ...decode(accessToken.split('.')[1]), tid: other.tenantId };

    expect(await faultOf([header, encode(payload), signature].join('.'))).toBe('bad_signature');
    await expect(
      tokens.issue(
        tenantContext(testContext, other.tenantId),
        client,
        `target-entity:${server.id}`,
      ),
    ).rejects.toMatchObject({
      reason: 'invalid_target_entity_scope',
    });
  });

  it('T7 and T10 refuses every other signature, algorithm, key and kid', async () => {
    const { accessToken } = await issue();
    const [headerPart = '', payloadPart = '', signaturePart = ''] = accessToken.split('.');
    const header = decode(headerPart);
    const [jwk] = await rooms.get(KeyService).listPublic();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const forge = (changes: object) => {
      const input = `${encode({ ...header, ...changes })}.${payloadPart}`;
      const signature = sign('sha256', Buffer.from(input), {
        key: privateKey,
        dsaEncoding: 'ieee-p1363',
      });
      return `${input}.${signature.toString('base64url')}`;
    };
    const hmacInput = `${encode({ ...header, alg: 'HS256' })}.${payloadPart}`;
    const hmac = createHmac('sha256', JSON.stringify(jwk)).update(hmacInput).digest('base64url');

    const forged = [
      forge({}),
      forge({ kid: 'x'.repeat(10_000) }),
      forge({ kid: '../../etc/passwd' }),
      forge({ kid: "' or 1=1 --" }),
      forge({ kid: 7 }),
      forge({ alg: 'RS256' }),
      ...['none', 'None', 'NONE'].flatMap((alg) => [
        `${encode({ ...header, alg })}.${payloadPart}.`,
        `${encode({ ...header, alg })}.${payloadPart}.AA`,
      ]),
      `${hmacInput}.${hmac}`,
      ...['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c'].map((name) => forge({ [name]: ['x'] })),
      `${headerPart}.${payloadPart}.${signaturePart.slice(0, -4)}AAAA`,
      `${headerPart}.${payloadPart}`,
      `${accessToken}.${signaturePart}`,
      `${accessToken}=`,
      ' ',
      'null.null.null',
      'x'.repeat(100_000),
    ];

    for (const text of forged)
      expect(['malformed', 'bad_signature']).toContain(await faultOf(text));
    expect(await faultOf(accessToken)).toBe('good');
  });
});

describe.each(databases)('the encryption key on $name', (database) => {
  it('stops the start with one sentence when it is not the one of the database', async () => {
    const rooms = await openRooms(database);
    try {
      const shared = { settings: rooms.database.settings, drop: () => Promise.resolve() };

      await expect(openRoomsOn(shared, { encryptionKey: Buffer.alloc(32, 8) })).rejects.toThrow(
        'The encryption key is not the one that this database was written with.',
      );
    } finally {
      await rooms.close();
    }
  });
});
