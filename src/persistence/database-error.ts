import { types } from 'node:util';
import { DomainError, type Problem } from '../kernel/domain-error.js';

/** The database can not answer now, and may be able to soon. */
export function databaseUnavailable(cause: unknown): DomainError {
  return new DomainError(
    'unavailable',
    'The database is not available. Try again in a moment.',
    [],
    { cause },
  );
}

/**
 * Tells a database that is away, too busy or full as the product's own error, for the unit of work and for a
 * face that met a raw one. Anything else, such as a fault in a statement, is undefined: a defect stays a defect.
 */
export function toDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  const isAway = facesOf(error).some(
    (face) => isAwayCode(codeOf(face)) || awayMessages.test(face.message),
  );
  return isAway ? databaseUnavailable(error) : undefined;
}

/** Whether a statement was ended because its time was over. */
export function isCutShort(error: unknown): boolean {
  return facesOf(error).some((face) => cutShortCodes.has(codeOf(face)));
}

const cutShortCodes: ReadonlySet<string> = new Set(['57014', 'SQLITE_INTERRUPT']);

/**
 * Whether the database undid the transaction for the sake of others, though it is there: a statement waited for too long,
 * two waited for each other, or one came too late.
 */
export function isUndone(error: unknown): boolean {
  return facesOf(error).some((face) => undoneCodes.has(codeOf(face)));
}

/** Whether the database can not be asked now, so that what became of a unit of work is not known. */
export function isAway(error: unknown): boolean {
  return toDomainError(error)?.code === 'unavailable' && !isUndone(error);
}

/** Whether another transaction, of whatever process, held what was asked for until the wait for it was over. */
export function isHeldByAnother(error: unknown): boolean {
  return isUndone(error) || facesOf(error).some((face) => codeOf(face) === 'SQLITE_BUSY');
}

/** PostgreSQL's deadlock, lost race and lock not to be had. */
const undoneCodes: ReadonlySet<string> = new Set([...cutShortCodes, '40P01', '40001', '55P03']);

/** What a duplicate broke: PostgreSQL names the constraint or index, SQLite the columns as "table.a, table.b". */
export interface UniqueViolation {
  readonly constraint: string | undefined;
  readonly columns: string | undefined;
}

export function uniqueViolation(error: unknown): UniqueViolation | undefined {
  for (const face of facesOf(error)) {
    if (codeOf(face) === '23505') return { constraint: constraintOf(face), columns: undefined };
    const columns = /UNIQUE constraint failed: (.*)$/.exec(face.message)?.[1];
    if (columns !== undefined) return { constraint: undefined, columns };
  }
  return undefined;
}

/** Which reference points at nothing, or is still pointed at. SQLite does not say, so there the name is undefined. */
export interface ForeignKeyViolation {
  readonly constraint: string | undefined;
}

export function foreignKeyViolation(error: unknown): ForeignKeyViolation | undefined {
  for (const face of facesOf(error)) {
    if (foreignKeyCodes.has(codeOf(face))) return { constraint: constraintOf(face) };
    if (face.message.includes('FOREIGN KEY constraint failed')) return { constraint: undefined };
  }
  return undefined;
}

/** One unique index: its name, its columns in SQLite's words ("table.a, table.b"), and what a duplicate means. */
export interface UniqueRule {
  readonly constraint: string;
  readonly columns: string;
  readonly problem: () => Problem;
}

/**
 * Ends a failed write: uniqueness is the database's to decide, and its answer becomes the field's.
 * @throws DomainError conflict, for a duplicate that the rules know; else the error as it came
 */
export function translateUnique(error: unknown, rules: readonly UniqueRule[]): never {
  const violation = uniqueViolation(error);
  const broken = violation && rules.find((rule) => isBroken(rule, violation));
  if (broken === undefined) throw error;
  throw DomainError.invalid(broken.problem());
}

function isBroken(rule: UniqueRule, violation: UniqueViolation): boolean {
  return rule.constraint === violation.constraint || rule.columns === violation.columns;
}

/** 23001 is what PostgreSQL 18 says of a row that `on delete restrict` keeps. */
const foreignKeyCodes: ReadonlySet<string> = new Set(['23503', '23001']);

/**
 * PostgreSQL's classes 08 (connection), 53 (out of connections, memory or disk), 57P (going down, starting) and 58
 * (system), and: a statement that ran too long, an idle transaction that was ended, a deadlock, a lost race, a lock
 * not to be had, a server that has become read-only.
 */
const postgresAway = /^(?:08...|53...|57P..|58...|57014|25P03|40P01|40001|55P03|25006)$/;

const systemAway: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

const sqliteAway: ReadonlySet<string> = new Set([
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_IOERR',
  'SQLITE_FULL',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
  'SQLITE_NOMEM',
  'SQLITE_PROTOCOL',
]);

/** What `pg` says in words only. */
const awayMessages =
  /Query read timeout|timeout exceeded when trying to connect|Connection terminated|not queryable|after calling end on the pool/;

function isAwayCode(code: string): boolean {
  return postgresAway.test(code) || systemAway.has(code) || sqliteAway.has(code);
}

/** The error, the driver's error inside it and what caused it; a chain has few links, and a loop none without end. */
function facesOf(error: unknown): Error[] {
  const faces: Error[] = [];
  const open: unknown[] = [error];
  while (open.length > 0 && faces.length < 10) {
    const face = open.shift();
    if (!types.isNativeError(face) || faces.includes(face)) continue;
    faces.push(face);
    open.push(face.cause, 'driverError' in face ? face.driverError : undefined);
  }
  return faces;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function constraintOf(error: Error): string | undefined {
  return 'constraint' in error && typeof error.constraint === 'string'
    ? error.constraint
    : undefined;
}
