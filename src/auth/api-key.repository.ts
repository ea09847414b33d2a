import { Injectable } from '@nestjs/common';
import { translateUnique } from '../persistence/database-error.js';
import { translateReferences } from '../persistence/references.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { ApiKey } from './api-key.js';
import { ApiKeyRow } from './api-key.row.js';

/** API keys are global, though a key may be bound to a tenant: a key is how the tenant is found out. */
@Injectable()
export class ApiKeyRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async insert(key: ApiKey, secret: { hmac: string; cipher: string | null }): Promise<void> {
    const tenant = {
      constraint: 'api_keys_tenant_id_fkey',
      table: 'tenants',
      id: key.tenantId,
      problem: {
        field: 'tenantId',
        rule: 'invalid',
        message: `There is no tenant with id [${key.tenantId}].`,
      },
    } as const;
    try {
      await translateReferences(this.unitOfWork, [tenant], () =>
        this.unitOfWork.manager.insert(ApiKeyRow, toRow(key, secret)),
      );
    } catch (error) {
      translateUnique(error, [
        {
          constraint: 'api_keys_hmac',
          columns: 'api_keys.hmac',
          problem: () => ({ field: 'key', rule: 'duplicate', message: 'This key already exists.' }),
        },
        {
          constraint: 'api_keys_pkey',
          columns: 'api_keys.id',
          problem: () => ({
            field: 'id',
            rule: 'duplicate',
            message: `An API key with id = [${key.id}] already exists.`,
          }),
        },
      ]);
    }
  }

  async findByHmac(hmac: string): Promise<ApiKey | undefined> {
    const row = await this.unitOfWork.manager.findOneBy(ApiKeyRow, { hmac });
    return row === null ? undefined : toApiKey(row);
  }

  async hasAny(): Promise<boolean> {
    return this.unitOfWork.manager.exists(ApiKeyRow);
  }
}

function toRow(key: ApiKey, secret: { hmac: string; cipher: string | null }): ApiKeyRow {
  return {
    ...secret,
    id: key.id,
    tenantId: key.tenantId ?? null,
    name: key.name ?? null,
    keyManager: key.isKeyManager,
    retrievable: key.isRetrievable,
    endpoints: key.endpoints,
    attributes: key.attributes,
    expires: key.expires ?? null,
    created: key.created,
    changed: key.changed,
  };
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    tenantId: row.tenantId ?? undefined,
    name: row.name ?? undefined,
    isKeyManager: row.keyManager,
    isRetrievable: row.retrievable,
    endpoints: row.endpoints,
    attributes: row.attributes,
    expires: row.expires ?? undefined,
    created: row.created,
    changed: row.changed,
  };
}
