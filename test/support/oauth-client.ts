import { randomUUID } from 'node:crypto';
import type { Entity } from '../../src/entities/entity.js';
import { EntityService } from '../../src/entities/entity.service.js';
import { EntityTypeService } from '../../src/entities/entity-type.service.js';
import { GrantService } from '../../src/entities/grant.service.js';
import { type TenantContext, tenantContext } from '../../src/tenants/tenant-context.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import type { TestApp, TestResponse } from './app.js';
import { testContext } from './test-context.js';

/** An entity that can ask for tokens. */
export interface TestOAuthClient {
  readonly context: TenantContext;
  readonly entity: Entity;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface TestOAuthClientOptions {
  /** The default tenant, when left out. */
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

const noTokenSettings = {
  isEnabled: false,
  lifetimeSeconds: undefined,
  keyId: undefined,
  verificationKeyIds: [],
};

/** Makes an entity of a type of its own. */
export async function anOAuthClient(
  app: TestApp,
  options: TestOAuthClientOptions = {},
): Promise<TestOAuthClient> {
  const context = tenantContext(testContext, options.tenantId ?? app.tenantId);
  const entity = await anEntity(app, context, [], options);
  return {
    context,
    entity: entity.entity,
    clientId: entity.entity.clientId,
    clientSecret: entity.clientSecret ?? '',
  };
}

/** Makes an entity of the client's tenant with those permissions, and grants the client some of them. */
export async function aTargetFor(
  app: TestApp,
  client: TestOAuthClient,
  permissions: readonly string[],
  granted: readonly string[] = permissions,
): Promise<string> {
  // Its two ids differ, so that a test sees which of them is taken.
  const options = { clientId: `target-${randomUUID()}` };
  const { entity } = await anEntity(app, client.context, permissions, options);
  const recipient = { entityId: client.entity.id };
  await app
    .get(GrantService)
    .save(client.context, entity.id, { recipient, permissions: granted, data: {} });
  return entity.id;
}

export async function aTenantId(app: TestApp): Promise<string> {
  const tenants = app.get(TenantService);
  return (await tenants.create(testContext, tenants.newTenantDraft(`Tenant ${randomUUID()}`))).id;
}

export function basic(clientId: string, clientSecret: string): { authorization: string } {
  return {
    authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
  };
}

/** Posts a form; text goes as it is. */
export function postForm(
  app: TestApp,
  path: string,
  form: string | Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestResponse> {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  return app.request('POST', path, {
    key: null,
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
}

/** Asks for a token as the client. */
export function requestToken(
  app: TestApp,
  client: TestOAuthClient,
  scope?: string,
): Promise<TestResponse> {
  const form = { grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) };
  return postForm(app, '/oauth2/token', form, basic(client.clientId, client.clientSecret));
}

/** A token of the client. */
export async function aToken(
  app: TestApp,
  client: TestOAuthClient,
  scope?: string,
): Promise<string> {
  const { status, body, text } = await requestToken(app, client, scope);
  if (status !== 200) throw new Error(`no token: ${status} ${text}`);
  return body.access_token;
}

async function anEntity(
  app: TestApp,
  context: TenantContext,
  permissions: readonly string[],
  { clientId, clientSecret }: TestOAuthClientOptions,
) {
  const drafts = permissions.map((name) => ({
    name,
    description: undefined,
    isDefault: false,
    data: {},
  }));
  const typeDraft = { name: `Type ${randomUUID()}`, token: noTokenSettings, data: {} };
  const type = await app.get(EntityTypeService).create(testContext, typeDraft, drafts);
  const draft = {
    name: `Entity ${randomUUID()}`,
    typeId: type.id,
    clientId,
    clientSecret,
    parentId: undefined,
    data: {},
  };
  return app.get(EntityService).create(context, draft);
}
