import type {
  EntityManager,
  EntityTarget,
  FindOptionsWhere,
  InsertResult,
  ObjectLiteral,
  UpdateResult,
} from 'typeorm';

/**
 * TypeORM's manager, told with plain types what to write: its own type of a partial row follows documents into
 * their depths, where the compiler loses its way.
 */
export interface RowManager extends Omit<EntityManager, 'insert' | 'update'> {
  insert<Row extends ObjectLiteral>(
    table: EntityTarget<Row>,
    rows: Partial<Row> | Partial<Row>[],
  ): Promise<InsertResult>;

  update<Row extends ObjectLiteral>(
    table: EntityTarget<Row>,
    which: FindOptionsWhere<Row>,
    changes: Partial<Row>,
  ): Promise<UpdateResult>;
}
