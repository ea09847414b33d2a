import { Injectable } from '@nestjs/common';
import { lockRows } from '../persistence/row-lock.js';
import { sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { KeyRow } from './key.row.js';
import type { SigningKey } from './signing-key.js';

/** A key with its private half as it is stored: sealed. */
export interface SealedKey {
  readonly key: SigningKey;
  readonly cipher: string | undefined;
}

/** Keys are global: a tenant or an entity type names the one that it signs with. */
@Injectable()
export class KeyRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async insert(sealed: SealedKey): Promise<void> {
    const { retireAfter, ...key } = sealed.key;
    await this.unitOfWork.manager.insert(KeyRow, {
      ...key,
      cipher: sealed.cipher ?? null,
      retireAfter: retireAfter ?? null,
    });
  }

  /** Every key, oldest first: there are a handful. */
  async list(): Promise<SealedKey[]> {
    const rows = await this.unitOfWork.manager.find(KeyRow, {
      order: { created: 'ASC', id: 'ASC' },
    });
    return rows.map(({ cipher, retireAfter, ...key }) => ({
      key: { ...key, retireAfter: retireAfter ?? undefined },
      cipher: cipher ?? undefined,
    }));
  }

  /** One process at a time decides whether the first key must be made. */
  async lockInstallation(): Promise<void> {
    await lockRows(this.unitOfWork, sql`select 1 from installation where id = 1`);
  }
}
