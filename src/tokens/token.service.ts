import { Injectable } from '@nestjs/common';
import type { Entity } from '../entities/entity.js';
import { EntityService } from '../entities/entity.service.js';
import { GrantService } from '../entities/grant.service.js';
import { EventRecorder } from '../events/event-recorder.js';
import { Clock } from '../kernel/clock.js';
import { newId } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import { compareCodePoints } from '../kernel/text.js';
import { KeyService } from '../keys/key.service.js';
import type { Signer } from '../keys/signing-key.js';
import { foreignKeyViolation } from '../persistence/database-error.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { isServed, type Tenant } from '../tenants/tenant.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { TenantService } from '../tenants/tenant.service.js';
import { signJws, tokenCharactersMax } from './jws.js';
import { parseTargetScope, type RequestedTarget } from './target-scope.js';
import {
  firstIssueSeconds,
  type GrantedTarget,
  type IssuedToken,
  recordedLifetimeSecondsMin,
  type TokenRecord,
} from './token.js';
import { type Allowance, TokenMemory } from './token-memory.js';
import { TokenRequestError } from './token-request-error.js';
import { TokenRepository } from './token.repository.js';

/** What a client may have said beyond its scope. */
export interface IssueOptions {
  /** For this token alone, in place of the entity type's or the tenant's. */
  readonly lifetimeSeconds?: number;
  readonly label?: string;
}

/** Issues access tokens for the client-credentials grant and keeps the record of the long-lived ones. */
@Injectable()
export class TokenService {
  constructor(
    private readonly tenants: TenantService,
    private readonly entities: EntityService,
    private readonly grants: GrantService,
    private readonly keys: KeyService,
    private readonly tokens: TokenRepository,
    private readonly memory: TokenMemory,
    private readonly events: EventRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Issues a token to a client that has proved who it is (contract/oauth.md §3).
   * @param scope as the client sent it; undefined or empty asks for a token without audience
   * @throws TokenRequestError when a target or a permission is not granted, or the tenant is not served
   */
  async issue(
    context: TenantContext,
    client: Entity,
    scope: string | undefined,
    options: IssueOptions = {},
  ): Promise<IssuedToken> {
    const { tenant, targets } = await this.memory.allowance(context, client.id, scope ?? '', () =>
      this.readAllowance(context, client, scope ?? ''),
    );
    const settings = tokenSettingsOf(client, tenant);
    const signer = await this.keys.getSigner(settings.keyId);
    const lifetimeSeconds = options.lifetimeSeconds ?? settings.lifetimeSeconds;
    const issuedSeconds = issueSecondsOf(this.clock.now(), targets);
    const jti = newId();
    const payload = {
      ...audienceOf(targets),
      exp: issuedSeconds + lifetimeSeconds,
      iat: issuedSeconds,
      iss: tenant.issuer,
      jti,
      sub: client.id,
      ...(scope === undefined || scope === '' ? {} : { scope }),
      tid: tenant.id,
    };
    const token: IssuedToken = {
      accessToken: signJws(headerOf(tenant, targets), payload, signer),
      jti,
      ends: payload.exp * 1000,
    };
    if (token.accessToken.length > tokenCharactersMax) throw tooManyTargets();
    if (lifetimeSeconds > recordedLifetimeSecondsMin) {
      await this.keepRecord(
        context,
        toRecord({ token, client, targets, signer, issuedSeconds, label: options.label }),
      );
    }
    return token;
  }

  /** The client's recorded tokens, those that end last first. */
  listOfClient(
    context: TenantContext,
    clientId: string,
    limit: number,
  ): Promise<readonly TokenRecord[]> {
    return this.tokens.listOfClient(context, clientId, limit);
  }

  private async keepRecord(context: TenantContext, record: TokenRecord): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.insertRecord(context, record);
      // What is remembered may be a second old: a grant that has ended must leave no token that its end did not revoke.
      const targetIds = Object.keys(record.permissions);
      if (!(await this.grants.holdAll(context, record.clientId, targetIds))) throw notGranted();
      await this.events.record(context, {
        type: 'token.issue',
        objectType: 'token',
        objectId: record.jti,
        after: {
          jti: record.jti,
          clientId: record.clientId,
          permissions: record.permissions,
          ends: record.ends,
        },
      });
    });
  }

  private async insertRecord(context: TenantContext, record: TokenRecord): Promise<void> {
    try {
      await this.tokens.insert(context, record);
    } catch (error) {
      // The client has been deleted since it proved who it is.
      if (foreignKeyViolation(error) === undefined) throw error;
      throw notServed();
    }
  }

  private async readAllowance(
    context: TenantContext,
    client: Entity,
    scope: string,
  ): Promise<Allowance> {
    const tenant = await this.tenants.find(context.tenantId);
    if (tenant === undefined || !isServed(tenant)) throw notServed();
    return {
      tenant,
      targets: await this.grantedTargets(context, client, parseTargetScope(scope)),
    };
  }

  private async grantedTargets(
    context: TenantContext,
    client: Entity,
    requested: readonly RequestedTarget[],
  ): Promise<GrantedTarget[]> {
    const entities = await this.entities.findAll(
      context,
      requested.map(({ entityId }) => entityId),
    );
    const granted: GrantedTarget[] = [];
    for (const { entityId, permissions } of requested) {
      const held = await this.grants.findHeld(context, entityId, client.id);
      const entity = entities.find(({ id }) => id === entityId);
      // One answer for an unknown target, one of another tenant and one without a grant: it tells nothing.
      if (held === undefined || entity === undefined) throw notGranted();
      const missing =
        permissions?.filter((permission) => !held.permissions.includes(permission)) ?? [];
      if (missing.length > 0) throw permissionNotGranted(missing);
      granted.push({
        entity,
        permissions: [...(permissions ?? held.permissions)].sort(compareCodePoints),
        granted: held.created,
      });
    }
    return granted;
  }
}

/** Never before the grants: the process that made them may have a clock that is ahead of this one's. */
function issueSecondsOf(now: number, targets: readonly GrantedTarget[]): number {
  return Math.max(
    Math.floor(now / 1000),
    ...targets.map(({ granted }) => firstIssueSeconds(granted)),
  );
}

/** The caller's entity type decides when it is told to, else the tenant. */
function tokenSettingsOf(
  client: Entity,
  tenant: Tenant,
): { keyId: string | undefined; lifetimeSeconds: number } {
  const { isEnabled, keyId, lifetimeSeconds } = client.type.token;
  if (!isEnabled) return tenant.token;
  return {
    keyId: keyId ?? tenant.token.keyId,
    lifetimeSeconds: lifetimeSeconds ?? tenant.token.lifetimeSeconds,
  };
}

function headerOf(tenant: Tenant, targets: readonly GrantedTarget[]): JsonObject {
  const serverTypeId = tenant.scim.serverEntityTypeId;
  const isForScim = targets.some(({ entity }) => entity.type.id === serverTypeId);
  return { typ: 'JWT', gty: ['client_credentials'], ...(isForScim ? { use: 'scim_server' } : {}) };
}

/** One target is text, several are a list (RFC 7519 §4.1.3); without a target there is neither member. */
function audienceOf(targets: readonly GrantedTarget[]): JsonObject {
  const ids = targets.map(({ entity }) => entity.id);
  const [first] = ids;
  if (first === undefined) return {};
  const withPermissions = targets.filter(({ permissions }) => permissions.length > 0);
  return {
    aud: ids.length === 1 ? first : ids,
    ...(withPermissions.length === 0 ? {} : { permissions: toPermissionMap(withPermissions) }),
  };
}

function toPermissionMap(targets: readonly GrantedTarget[]): Record<string, readonly string[]> {
  return Object.fromEntries(targets.map(({ entity, permissions }) => [entity.id, permissions]));
}

function toRecord(parts: {
  token: IssuedToken;
  client: Entity;
  targets: readonly GrantedTarget[];
  signer: Signer;
  issuedSeconds: number;
  label: string | undefined;
}): TokenRecord {
  return {
    jti: parts.token.jti,
    clientId: parts.client.id,
    targetId: parts.targets[0]?.entity.id,
    keyId: parts.signer.keyId,
    permissions: toPermissionMap(parts.targets),
    label: parts.label,
    issued: parts.issuedSeconds * 1000,
    ends: parts.token.ends,
    revokedAt: undefined,
  };
}

/** Told as every other fault of a client is: it says nothing of the tenant. */
function notServed(): TokenRequestError {
  return new TokenRequestError(
    'invalid_client_authentication',
    'The client could not be verified.',
  );
}

function notGranted(): TokenRequestError {
  return new TokenRequestError(
    'invalid_target_entity_scope',
    'The scope names a target entity that does not exist or that this client has no grant on.',
  );
}

function tooManyTargets(): TokenRequestError {
  return new TokenRequestError(
    'invalid_target_entity_scope',
    `The token would have more than ${tokenCharactersMax} characters: ask for fewer targets or permissions.`,
  );
}

function permissionNotGranted(missing: readonly string[]): TokenRequestError {
  return new TokenRequestError(
    'invalid_entity_permission_scope',
    `The grant does not hold every permission asked for: ${missing.map((name) => JSON.stringify(name)).join(', ')}.`,
  );
}
