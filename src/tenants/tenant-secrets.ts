import { Injectable } from '@nestjs/common';
import { type Json, type JsonObject, toJsonObject } from '../kernel/json.js';
import { type ByField, hidden, putSecrets, takeSecrets } from '../kernel/secret-fields.js';
import { SecretBox } from '../keys/secret-box.js';
import type { Tenant } from './tenant.js';

/** Settings as they are stored, and what of their secrets was new. */
export interface SealedSettings {
  readonly settings: JsonObject;
  readonly sealed: ByField<string>;
  /** Those that were not there before, or were others. */
  readonly made: ByField<Json>;
}

/**
 * Seals the secrets among a tenant's settings under the installation's encryption key. Each ciphertext is bound to its
 * tenant and its field: in another row or another place it cannot be opened.
 */
@Injectable()
export class TenantSecrets {
  constructor(private readonly secretBox: SecretBox) {}

  /**
   * @param earlier what the tenant had until now: a secret that stays the same keeps its ciphertext, so that a change
   * which changes nothing can be told from one that does
   */
  seal(tenantId: string, settings: JsonObject, earlier: ByField<string>): SealedSettings {
    const { rest, secrets } = takeSecrets('tenant', { settings });
    const sealed: [string, string][] = [];
    const made: [string, Json][] = [];
    for (const [field, secret] of Object.entries(secrets)) {
      const cipher = earlier[field];
      if (cipher !== undefined && this.isSame(this.unseal(tenantId, field, cipher), secret)) {
        sealed.push([field, cipher]);
        continue;
      }
      sealed.push([field, this.secretBox.seal(JSON.stringify(secret), placeOf(tenantId, field))]);
      made.push([field, secret]);
    }
    return {
      settings: settingsIn(rest),
      sealed: Object.fromEntries(sealed),
      made: Object.fromEntries(made),
    };
  }

  /**
   * The tenant with its secrets in its settings, for an answer to a caller that may read them and for a change. One that
   * stands in the settings already is newer than the sealed one.
   */
  open(tenant: Tenant): Tenant {
    const secrets = Object.entries(tenant.sealed).map(([field, cipher]): [string, Json] => [
      field,
      this.unseal(tenant.id, field, cipher),
    ]);
    return withSecrets(tenant, Object.fromEntries(secrets));
  }

  private unseal(tenantId: string, field: string, cipher: string): Json {
    const value: Json = JSON.parse(this.secretBox.open(cipher, placeOf(tenantId, field)));
    return value;
  }

  private isSame(left: Json, right: Json): boolean {
    const digest = (value: Json) => this.secretBox.digest('tenant secret', JSON.stringify(value));
    return this.secretBox.isSameDigest(digest(left), digest(right));
  }
}

/** The tenant with these secrets in its settings, where it has none of its own. */
export function withSecrets(tenant: Tenant, secrets: ByField<Json>): Tenant {
  return { ...tenant, settings: settingsIn(putSecrets({ settings: tenant.settings }, secrets)) };
}

/** The tenant as an event shows it: with its secrets, but not what they are. */
export function withHiddenSecrets(tenant: Tenant): Tenant {
  const fields = Object.keys(tenant.sealed).map((field): [string, Json] => [field, hidden]);
  return withSecrets(tenant, Object.fromEntries(fields));
}

function placeOf(tenantId: string, field: string): string {
  return `tenant ${tenantId} ${field}`;
}

function settingsIn({ settings }: JsonObject): JsonObject {
  if (typeof settings !== 'object' || settings === null) throw new Error('settings are an object');
  return toJsonObject(settings);
}
