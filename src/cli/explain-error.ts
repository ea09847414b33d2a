import { ConfigurationError } from '../config/configuration-error.js';
import { DomainError } from '../kernel/domain-error.js';
import { toDomainError } from '../persistence/database-error.js';
import { CommandError } from './command-error.js';
import { explainInstallation } from './explain-installation.js';

/** What to tell the person at the terminal, and the exit code: 2 for a wrong call, 1 for everything else. */
export interface Explanation {
  readonly sentences: readonly string[];
  readonly exitCode: 1 | 2;
  /** Set for a defect of ours, whose stack belongs in a report. */
  readonly defect?: unknown;
}

/** Turns whatever ended a command into plain sentences. */
export function explainError(error: unknown): Explanation {
  if (error instanceof CommandError)
    return { sentences: [error.message], exitCode: error.exitCode };
  if (error instanceof ConfigurationError) return { sentences: error.faults, exitCode: 1 };
  const installation = explainInstallation(error);
  if (installation !== undefined) return { sentences: [installation], exitCode: 1 };
  const file = explainFile(error);
  if (file !== undefined) return { sentences: [file], exitCode: 1 };
  const database = explainDatabase(error);
  if (database !== undefined) return { sentences: [database], exitCode: 1 };
  if (toDomainError(error)?.code === 'unavailable')
    return { sentences: [databaseSentence(error)], exitCode: 1 };
  if (error instanceof DomainError) return { sentences: [error.message], exitCode: 1 };
  return {
    sentences: ['Rollcall stopped because of a defect; please report it with the text below.'],
    exitCode: 1,
    defect: error,
  };
}

/** The data folder is the one place where we make folders and files. */
function explainFile(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('path' in error)) return undefined;
  if (error.syscall !== 'mkdir' && error.syscall !== 'open') return undefined;
  const code = 'code' in error ? String(error.code) : 'unknown reason';
  return `${String(error.path)} can not be written (${code}): choose another folder with ROLLCALL_DATA_DIR or change its owner.`;
}

/** What no waiting mends: the database is there, and not as it was named, or not whole. */
function explainDatabase(error: unknown): string | undefined {
  const code = codeOf(innermostError(error));
  return Object.hasOwn(databaseSentences, code) ? databaseSentences[code] : undefined;
}

const wrongUser =
  'PostgreSQL refuses the user or the password: check them in ROLLCALL_DATABASE_URL.';
const damagedFile =
  'The database file in ROLLCALL_DATA_DIR is damaged or no SQLite database: put a copy of it back, or choose another folder.';

const databaseSentences: Readonly<Record<string, string>> = {
  '28P01': wrongUser,
  '28000': wrongUser,
  '3D000':
    'PostgreSQL has no database of the name in ROLLCALL_DATABASE_URL: create it, or correct the name.',
  SQLITE_NOTADB: damagedFile,
  SQLITE_CORRUPT: damagedFile,
};

function databaseSentence(error: unknown): string {
  const cause = innermost(error);
  return `The database can not be reached or used: ${cause}. Check ROLLCALL_DATABASE_URL, or ROLLCALL_DATA_DIR for SQLite.`;
}

/** The driver's own words name the address or the file; they hold no password. */
function innermost(error: unknown): string {
  const cause = innermostError(error);
  if (!(cause instanceof Error)) return 'unknown reason';
  return cause.message === '' ? codeOf(cause) : cause.message.replace(/\.$/, '');
}

function innermostError(error: unknown): unknown {
  let current = error;
  for (let depth = 0; depth < 10; depth += 1) {
    const inner = findInner(current);
    if (inner === undefined) break;
    current = inner;
  }
  return current;
}

/** TypeORM keeps the driver's error beside its own. */
function findInner(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  return error.cause ?? ('driverError' in error ? error.driverError : undefined);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
