import { Injectable } from '@nestjs/common';
import { skipLockedRows } from '../persistence/row-lock.js';
import { joinSql, sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { lastTokensMax, type TokenRecord } from './token.js';
import { TokenRow } from './token.row.js';

/** A place in the order in which the tokens of the installation end. */
export interface TokenEnd {
  readonly ends: number;
  readonly jti: string;
}

/** What a batch of the purge did, and how far it came; without `last` it found the end. */
export interface PurgedBatch {
  readonly deleted: number;
  readonly last: TokenEnd | undefined;
}

/** So many clients in one statement, so that its parameters are within every database's limit. */
const clientsPerStatement = 500;

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

  /** Revokes the tokens of these clients that name the target, be it among others, and have not ended. */
  async revokeAll(
    context: TenantContext,
    targetId: string,
    clientIds: readonly string[],
    now: number,
  ): Promise<void> {
    // The column is the JSON that we write. A quote in a name of it would be escaped, so this is a member and no other text.
    const member = `%"${targetId}":%`;
    for (let start = 0; start < clientIds.length; start += clientsPerStatement) {
      const some = clientIds.slice(start, start + clientsPerStatement);
      await this.unitOfWork.execute(sql`
        update tokens set revoked_at = ${now}
        where tenant_id = ${context.tenantId} and client_id in (${joinSql(some, ', ')})
          and ends > ${now} and revoked_at is null and permissions like ${member}`);
    }
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

  /**
   * Looks at the next records that ended before the instant, and deletes those that are not among the last ones of
   * their client. Those stay in the order for good, so a batch begins where the one before it came to. It is the
   * only method without a tenant: what it deletes is nobody's any more, whoever's it was.
   */
  async purge(endedBefore: number, after: TokenEnd, limit: number): Promise<PurgedBatch> {
    const batch = await this.unitOfWork.query<TokenEnd>(sql`
      select ends, jti from tokens
      where ends < ${endedBefore} and (ends, jti) > (${after.ends}, ${after.jti})
      order by ends, jti limit ${limit}`);
    const last = batch.at(-1);
    if (last === undefined) return { deleted: 0, last };
    const deleted = await this.unitOfWork.execute(sql`
      delete from tokens
      where jti in (
        select ended.jti from tokens ended
        where (ended.ends, ended.jti) > (${after.ends}, ${after.jti})
          and (ended.ends, ended.jti) <= (${last.ends}, ${last.jti})
        ${skipLockedRows(this.unitOfWork)})
      and jti not in (
        select kept.jti from tokens kept
        where kept.tenant_id = tokens.tenant_id and kept.client_id = tokens.client_id
        order by kept.ends desc, kept.jti limit ${lastTokensMax})`);
    return { deleted, last };
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
