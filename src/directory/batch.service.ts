import { Injectable } from '@nestjs/common';
import { toDomainError } from '../persistence/database-error.js';
import { LateWrites } from '../persistence/late-writes.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TenantContext } from '../tenants/tenant-context.js';
import { membershipTurn } from './membership.js';

/** How a part of a batch ended: with what it made, or undone for its own reason. */
export type PartOutcome<Result> =
  | { readonly isDone: true; readonly result: Result }
  | { readonly isDone: false; readonly error: unknown };

/** Many changes of a tenant that are committed together, though each of them may fail by itself. */
@Injectable()
export class BatchService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly lateWrites: LateWrites,
  ) {}

  /**
   * Runs the work as one unit. It begins with the turn of those who change memberships, whatever it will do: two batches
   * lock rows and names in the order of their parts, so only one after the other can they not wait for each other.
   * @throws DomainError unavailable; whatever the work throws, and then nothing of it is left
   */
  run<Result>(context: TenantContext, work: () => Promise<Result>): Promise<Result> {
    return this.unitOfWork.runInTurn(membershipTurn(context), () => this.lateWrites.together(work));
  }

  /**
   * Runs a part of the batch: what it throws is its own failure, its changes are undone, and the next part can run.
   * One part at a time.
   * @throws DomainError unavailable, when the database can not go on: that ends the batch
   */
  async part<Result>(work: () => Promise<Result>): Promise<PartOutcome<Result>> {
    let failure: { readonly error: unknown } | undefined;
    try {
      const result = await this.unitOfWork.savepoint(async () => {
        try {
          return await this.lateWrites.together(work);
        } catch (error) {
          failure = { error };
          throw error;
        }
      });
      return { isDone: true, result };
    } catch (error) {
      const away = toDomainError(failure?.error) ?? toDomainError(error);
      if (away?.code === 'unavailable') throw away;
      // The savepoint itself failed: nobody knows what is left of the transaction.
      if (failure === undefined || failure.error !== error) throw error;
      return { isDone: false, error };
    }
  }
}
