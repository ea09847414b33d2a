import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import type { TokenRecord } from './token.js';
import { TokenRow } from './token.row.js';

/** What was issued in a tenant. */
@Injectable()
export class TokenRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async insert(context: TenantContext, record: TokenRecord): Promise<void> {
    await this.unitOfWork.manager.insert(TokenRow, {
      ...record,
      tenantId: context.tenantId,
      targetId: record.targetId ?? null,
      label: record.label ?? null,
      revokedAt: record.revokedAt ?? null,
    });
  }

  async find(context: TenantContext, jti: string): Promise<TokenRecord | undefined> {
    const row = await this.unitOfWork.manager.findOneBy(TokenRow, {
      jti,
      tenantId: context.tenantId,
    });
    return row === null ? undefined : toRecord(row);
  }

  /** Those that end last come first. */
  async listOfClient(
    context: TenantContext,
    clientId: string,
    limit: number,
  ): Promise<TokenRecord[]> {
    const rows = await this.unitOfWork.manager.find(TokenRow, {
      where: { tenantId: context.tenantId, clientId },
      order: { ends: 'DESC', jti: 'ASC' },
      take: limit,
    });
    return rows.map(toRecord);
  }
}

function toRecord({ tenantId: _, ...row }: TokenRow): TokenRecord {
  return {
    ...row,
    targetId: row.targetId ?? undefined,
    label: row.label ?? undefined,
    revokedAt: row.revokedAt ?? undefined,
  };
}
