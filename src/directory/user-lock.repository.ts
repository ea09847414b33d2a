import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import { sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { isAmong } from './json-rows.js';

/**
 * Names that an administrator or an API key locked, and whose person is gone. They outlive the person, so that a
 * provisioning client does not undo a lock by deleting the user and making it anew.
 */
@Injectable()
export class UserLockRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Who locked the names, by their keys; a name that is not locked has no entry. */
  async find(
    context: TenantContext,
    nameKeys: readonly string[],
  ): Promise<ReadonlyMap<string, Actor>> {
    if (nameKeys.length === 0) return new Map();
    const rows = await this.unitOfWork.query<{ name_key: string; locked_by: string }>(sql`
      select name_key, locked_by from user_locks where tenant_id = ${context.tenantId}
        and ${isAmong(sql`name_key`, nameKeys, this.unitOfWork.dialect)}`);
    return new Map(rows.map((row) => [row.name_key, toActor(row.locked_by)]));
  }

  /** Locks a name; a lock that is there gets the latest who and when. */
  async keep(
    context: TenantContext,
    nameKey: string,
    lockedBy: Actor,
    created: number,
  ): Promise<void> {
    await this.unitOfWork.execute(sql`
      insert into user_locks (tenant_id, name_key, locked_by, created)
      values (${context.tenantId}, ${nameKey}, ${JSON.stringify(lockedBy)}, ${created})
      on conflict (tenant_id, name_key) do update set locked_by = excluded.locked_by, created = excluded.created`);
  }

  /** Takes the locks away from the names that have one. */
  async remove(context: TenantContext, nameKeys: readonly string[]): Promise<void> {
    if (nameKeys.length === 0) return;
    await this.unitOfWork.execute(sql`
      delete from user_locks where tenant_id = ${context.tenantId}
        and ${isAmong(sql`name_key`, nameKeys, this.unitOfWork.dialect)}`);
  }
}

function toActor(text: string): Actor {
  const actor: Actor = JSON.parse(text);
  return actor;
}
