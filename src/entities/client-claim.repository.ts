import { Injectable } from '@nestjs/common';
import { sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { EntityRow } from './entity.row.js';

/** What a secret that is presented is compared with. */
export interface StoredSecret {
  readonly hmac: string;
  readonly expires: number | null;
}

/** The entity that a client claims to be, as it is stored: nothing is made of it until the claim is proved. */
export interface ClaimedClient extends Readonly<Omit<EntityRow, 'data' | 'nameKey'>> {
  /** JSON. */
  readonly data: string;
  readonly secrets: readonly StoredSecret[];
}

type ClaimRow = Omit<ClaimedClient, 'secrets'> & { readonly hmac: string | null } & Pick<
    StoredSecret,
    'expires'
  >;

/** Looks for clients across all tenants: a client id is how its tenant is found out. */
@Injectable()
export class ClientClaimRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** One statement for entity and secrets, whether they are there or not. */
  async find(clientId: string): Promise<ClaimedClient | undefined> {
    const rows = await this.unitOfWork.query<ClaimRow>(
      sql`select entities.id, entities.tenant_id as "tenantId", entities.type_id as "typeId",
          entities.client_id as "clientId", entities.name, entities.parent_id as "parentId", entities.data,
          entities.version, entities.created, entities.changed, entity_secrets.hmac, entity_secrets.expires
        from entities left join entity_secrets on entity_secrets.entity_id = entities.id
        where entities.client_id = ${clientId}`,
      'look-up',
    );
    const [first] = rows;
    if (first === undefined) return undefined;
    const secrets = rows.flatMap(({ hmac, expires }) => (hmac === null ? [] : [{ hmac, expires }]));
    return { ...first, secrets };
  }
}
