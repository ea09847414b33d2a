import { randomUUID } from 'node:crypto';
import { ConnectionService } from '../../src/connections/connection.service.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { sendRequest, type TestApp, type TestResponse } from './app.js';
import { testContext } from './test-context.js';

const scimPath = '/api/scim/resource/v2';

/** A tenant of its own with a SCIM client in it, and the two values that a person would paste. */
export interface TestScimConnection {
  readonly tenantId: string;
  readonly serverEntityId: string;
  readonly clientEntityId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly baseUrl: string;
  readonly token: string;
  /** Sends a SCIM request with the token; the path begins below the base URL. */
  scim(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestResponse>;
}

/** Makes a new tenant with a SCIM connection; the token has all fifteen permissions. */
export async function aScimConnection(app: TestApp): Promise<TestScimConnection> {
  const tenants = app.get(TenantService);
  const tenant = await tenants.create(
    testContext,
    tenants.newTenantDraft(`Tenant ${randomUUID()}`),
  );
  return aScimConnectionIn(app, tenant.id);
}

/** Another SCIM client of a tenant. */
export async function aScimConnectionIn(
  app: TestApp,
  tenantId: string,
  name = 'Okta',
): Promise<TestScimConnection> {
  const connections = app.get(ConnectionService);
  const { server, client } = await connections.ensureScim(testContext, tenantId, name);
  const issued = await connections.issueToken(testContext, tenantId, {
    client: { id: client.entity.id },
    lifetimeSeconds: 3600,
  });
  const values = {
    tenantId,
    serverEntityId: server.id,
    clientEntityId: client.entity.id,
    clientId: client.entity.clientId,
    clientSecret: client.clientSecret ?? '',
    token: issued.accessToken,
  };
  return scimThrough(values, app.url);
}

/** The same connection by way of the server at this address, which knows its tenant. */
export function scimThrough(
  values: Omit<TestScimConnection, 'baseUrl' | 'scim'>,
  url: string,
): TestScimConnection {
  const baseUrl = `${url}${scimPath}`;
  return {
    ...values,
    baseUrl,
    scim: (method, below, body, headers = {}) =>
      sendRequest(`${baseUrl}${below}`, method, {
        key: null,
        body,
        headers: {
          authorization: `Bearer ${values.token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
          ...headers,
        },
      }),
  };
}
