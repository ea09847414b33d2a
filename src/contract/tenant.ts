import type { JsonObject } from '../kernel/json.js';
import { isJsonObject } from '../kernel/json.js';
import { putSecrets, takeSecrets } from '../kernel/secret-fields.js';
import type { Tenant, TenantDraft } from '../tenants/tenant.js';
import { pickTenantBlocks, withTenantDefaults } from './tenant-blocks.js';
import type { TenantBody } from './tenant.request.js';
import { withoutAbsent } from './json.js';

/**
 * From the body to what a caller decides about a tenant.
 * @param defaults what holds where the body says nothing
 */
export function toTenantDraft(body: TenantBody, defaults: TenantDraft): TenantDraft {
  const { jwtConfiguration: jwt, scimServerConfiguration: scim } = body;
  return {
    name: body.name,
    issuer: body.issuer ?? defaults.issuer,
    scim: {
      isEnabled: scim?.enabled ?? defaults.scim.isEnabled,
      clientEntityTypeId: scim?.clientEntityTypeId ?? undefined,
      serverEntityTypeId: scim?.serverEntityTypeId ?? undefined,
    },
    token: {
      keyId: jwt?.accessTokenKeyId ?? undefined,
      lifetimeSeconds: jwt?.timeToLiveInSeconds ?? defaults.token.lifetimeSeconds,
    },
    settings: body.blocks,
    data: body.data ?? {},
  };
}

/**
 * A replacement by a caller that cannot read secrets: it could not send back what it never saw, so a secret that the
 * draft lacks stays.
 * @param before with its secrets
 */
export function keepingSecrets(draft: TenantDraft, before: TenantDraft): TenantDraft {
  const { secrets } = takeSecrets('tenant', { settings: before.settings });
  return {
    ...draft,
    settings: membersOf(putSecrets({ settings: draft.settings }, secrets).settings),
  };
}

/** A new tenant like another one. Its mail password stays where it is (contract/tenants.md §1). */
export function toCopiedTenantDraft(source: Tenant, name: string): TenantDraft {
  const { issuer, scim, token, settings, data } = source;
  return { name, issuer, scim, token, settings: withoutMailPassword(settings), data };
}

function withoutMailPassword(settings: JsonObject): JsonObject {
  const { emailConfiguration } = settings;
  if (!isJsonObject(emailConfiguration)) return settings;
  const { password: _, ...rest } = emailConfiguration;
  return { ...settings, emailConfiguration: rest };
}

/**
 * FusionAuth's Tenant (contract/tenants.md §2).
 * @param defaultKeyId the key that signs where the tenant names none. Answers show it, because Terraform compares what
 * it reads. Without it the result is what a PUT of the tenant would say: a patch must not store the default.
 */
export function toTenantJson(tenant: Tenant, defaultKeyId?: string): JsonObject {
  const blocks = withTenantDefaults(pickTenantBlocks(tenant.settings));
  return {
    ...blocks,
    configured: true,
    data: tenant.data,
    id: tenant.id,
    insertInstant: tenant.created,
    issuer: tenant.issuer,
    jwtConfiguration: withoutAbsent({
      idTokenKeyId: defaultKeyId,
      ...membersOf(blocks.jwtConfiguration),
      accessTokenKeyId: tenant.token.keyId ?? defaultKeyId,
      timeToLiveInSeconds: tenant.token.lifetimeSeconds,
    }),
    lastUpdateInstant: tenant.changed,
    name: tenant.name,
    scimServerConfiguration: withoutAbsent({
      ...membersOf(blocks.scimServerConfiguration),
      clientEntityTypeId: tenant.scim.clientEntityTypeId,
      enabled: tenant.scim.isEnabled,
      serverEntityTypeId: tenant.scim.serverEntityTypeId,
    }),
    state: tenant.state,
  };
}

/** The rules that a password must meet, which is all that strangers are told of a tenant. */
export function toPasswordRulesJson(tenant: Tenant): JsonObject {
  return membersOf(withTenantDefaults(pickTenantBlocks(tenant.settings)).passwordValidationRules);
}

function membersOf(value: JsonObject[string] | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
