import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import { toDomainError } from '../persistence/database-error.js';
import { sql } from '../persistence/sql.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';

/** Asks the database the smallest question. Its own time-outs bound the wait. */
@Injectable()
export class DatabaseHealth {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async isReachable(): Promise<boolean> {
    try {
      await this.unitOfWork.query(sql`select 1 as one`);
      return true;
    } catch (error) {
      if (error instanceof DomainError || toDomainError(error) !== undefined) return false;
      throw error;
    }
  }
}
