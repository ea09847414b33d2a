import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ScimAuthenticator } from '../../src/auth/scim-authenticator.js';
import { ConnectionService } from '../../src/connections/connection.service.js';
import type { Entity } from '../../src/entities/entity.js';
import { EntityService } from '../../src/entities/entity.service.js';
import { GrantService } from '../../src/entities/grant.service.js';
import type { TenantContext } from '../../src/tenants/tenant-context.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { TokenService } from '../../src/tokens/token.service.js';
import { databases } from '../support/databases.js';
import { openRooms, type TestRooms } from '../support/rooms.js';
import { testContext } from '../support/test-context.js';

describe.each(databases)('SCIM clients on $name', (database) => {
  let rooms: TestRooms;
  let context: TenantContext;
  let client: Entity;
  let server: Entity;
  let tenantNumber = 0;
  beforeAll(async () => {
    rooms = await openRooms(database);
  });
  afterAll(() => rooms.close());
  beforeEach(async () => {
    tenantNumber += 1;
    context = await rooms.aTenant(`Tenant ${tenantNumber}`);
    const made = await rooms
      .get(ConnectionService)
      .ensureScim(testContext, context.tenantId, 'Client');
    [client, server] = [made.client.entity, made.server];
  });

  /** Another entity of that type, on which the client has a grant. */
  async function aTarget(typeId: string, permissions: readonly string[]): Promise<Entity> {
    const { entity } = await rooms
      .get(EntityService)
      .create(context, { name: 'target', typeId, parentId: undefined, data: {} });
    await grantTo(client, entity, permissions);
    return entity;
  }

  const grantTo = (recipient: Entity, target: Entity, permissions: readonly string[]) =>
    rooms
      .get(GrantService)
      .save(context, target.id, { recipient: { entityId: recipient.id }, permissions, data: {} });

  async function authenticate(of: Entity, ...targets: readonly Entity[]) {
    const scope = targets.map(({ id }) => `target-entity:${id}`).join(' ');
    const { accessToken } = await rooms.get(TokenService).issue(context, of, scope);
    return rooms.get(ScimAuthenticator).authenticate(`Bearer ${accessToken}`, 'test');
  }

  const notOneServer = {
    challenge: 'invalid_token',
    message: 'The audience of this token is not one SCIM server of its tenant.',
  };

  it('may do what their grant on the SCIM server says, and nothing that another grant says', async () => {
    const other = await aTarget(client.type.id, []);
    await grantTo(client, server, ['scim:user:read']);

    const caller = await authenticate(client, other, server);

    expect(caller).toMatchObject({ clientEntityId: client.id, tenant: { id: context.tenantId } });
    expect([...caller.permissions]).toEqual(['scim:user:read']);
  });

  it('FIND M3 are refused with a token for two SCIM servers: nobody could say which is meant', async () => {
    const second = await aTarget(server.type.id, ['scim:user:read']);

    await expect(authenticate(client, server, second)).rejects.toMatchObject(notOneServer);
    await expect(authenticate(client, second, server)).rejects.toMatchObject(notOneServer);
    await expect(authenticate(client, second)).resolves.toMatchObject({
      clientEntityId: client.id,
    });
  });

  it('FIND M3 are refused with a token for no SCIM server', async () => {
    const other = await aTarget(client.type.id, []);

    await expect(authenticate(client)).rejects.toMatchObject(notOneServer);
    await expect(authenticate(client, other)).rejects.toMatchObject(notOneServer);
  });

  it('are refused when they are of another type than the tenant says', async () => {
    const other = await aTarget(server.type.id, []);
    await grantTo(other, server, ['scim:user:read']);

    await expect(authenticate(other, server)).rejects.toMatchObject({
      message: 'The entity of this token is not a SCIM client.',
    });
  });

  it('are refused where SCIM is off', async () => {
    await rooms.get(TenantService).change(testContext, context.tenantId, (tenant) => ({
      ...tenant,
      scim: { ...tenant.scim, isEnabled: false },
    }));

    await expect(authenticate(client, server)).rejects.toMatchObject({
      message: 'SCIM is off for the tenant of this token.',
    });
  });
});
