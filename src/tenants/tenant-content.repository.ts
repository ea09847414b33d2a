import { Injectable } from '@nestjs/common';
import { sql, type Sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from './tenant-context.js';

/** Few enough that PostgreSQL deletes them, with what hangs on them, well within the time of a statement. */
export const rowsPerStep = 500;

/** A part of what a tenant holds; each is a table whose rows can be very many. */
export type TenantPart = (typeof tenantParts)[number];

/**
 * In this order: what hangs on many things goes before them, so that no single row has more than its own values left
 * to take along.
 */
export const tenantParts = ['members', 'grants', 'tokens', 'users', 'groups', 'entities'] as const;

/**
 * What the database would delete with a tenant by itself, in steps of a few rows. It knows the tables of other rooms
 * by their foreign keys alone, which is what a cascade does too.
 */
@Injectable()
export class TenantContentRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @returns how many rows of the part were deleted; 0 when none are left */
  deleteSome(context: TenantContext, part: TenantPart): Promise<number> {
    return this.unitOfWork.execute(deletions[part](context.tenantId, sql.raw(String(rowsPerStep))));
  }
}

const deletions: Readonly<Record<TenantPart, (tenantId: string, most: Sql) => Sql>> = {
  members: (tenantId, most) => sql`delete from group_members where seq in (
    select m.seq from groups g join group_members m on m.group_pk = g.pk
    where g.tenant_id = ${tenantId} limit ${most})`,
  grants: (tenantId, most) => sql`delete from entity_grants where id in (
    select id from entity_grants where tenant_id = ${tenantId} limit ${most})`,
  tokens: (tenantId, most) => sql`delete from tokens where jti in (
    select jti from tokens where tenant_id = ${tenantId} limit ${most})`,
  users: (tenantId, most) => sql`delete from users where pk in (
    select pk from users where tenant_id = ${tenantId} order by pk limit ${most})`,
  groups: (tenantId, most) => sql`delete from groups where pk in (
    select pk from groups where tenant_id = ${tenantId} order by pk limit ${most})`,
  entities: (tenantId, most) => sql`delete from entities where id in (
    select id from entities where tenant_id = ${tenantId} limit ${most})`,
};
