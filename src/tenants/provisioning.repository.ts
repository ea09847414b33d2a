import { Injectable } from '@nestjs/common';
import { sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { Provisioning } from './provisioning.js';

/** What tenants ask of the provisioning of their people. */
@Injectable()
export class ProvisioningRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async find(tenantId: string): Promise<Provisioning | undefined> {
    const [row] = await this.unitOfWork.query<{ unique_email: number }>(
      sql`select unique_email from tenant_provisioning where tenant_id = ${tenantId}`,
    );
    return row && { isEmailUnique: row.unique_email === 1 };
  }

  async save(tenantId: string, { isEmailUnique }: Provisioning, changed: number): Promise<void> {
    await this.unitOfWork.execute(sql`
      insert into tenant_provisioning (tenant_id, unique_email, changed)
      values (${tenantId}, ${isEmailUnique}, ${changed})
      on conflict (tenant_id) do update set unique_email = excluded.unique_email, changed = excluded.changed`);
  }
}
