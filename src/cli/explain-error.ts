import { ConfigurationError } from '../config/configuration-error.js';
import { DomainError } from '../kernel/domain-error.js';
import { toDomainError } from '../persistence/database-error.js';
import { CommandError } from './command-error.js';

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
  const listening = explainListening(error);
  if (listening !== undefined) return { sentences: [listening], exitCode: 1 };
  const file = explainFile(error);
  if (file !== undefined) return { sentences: [file], exitCode: 1 };
  if (toDomainError(error)?.code === 'unavailable')
    return { sentences: [databaseSentence(error)], exitCode: 1 };
  if (error instanceof DomainError) return { sentences: [error.message], exitCode: 1 };
  return {
    sentences: ['Rollcall stopped because of a defect; please report it with the text below.'],
    exitCode: 1,
    defect: error,
  };
}

function explainListening(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || error.syscall !== 'listen')
    return undefined;
  const port = 'port' in error ? String(error.port) : '';
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken by another program: stop it, or choose another port with PORT.`;
  if (code === 'EACCES')
    return `Port ${port} may not be opened by this user: choose one above 1023 with PORT.`;
  return `The server can not listen on HOST and PORT (${code}).`;
}

/** The data folder is the one place where we make folders and files. */
function explainFile(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('path' in error)) return undefined;
  if (error.syscall !== 'mkdir' && error.syscall !== 'open') return undefined;
  const code = 'code' in error ? String(error.code) : 'unknown reason';
  return `${String(error.path)} can not be written (${code}): choose another folder with ROLLCALL_DATA_DIR or change its owner.`;
}

function databaseSentence(error: unknown): string {
  const cause = innermost(error);
  return `The database can not be reached or used: ${cause}. Check ROLLCALL_DATABASE_URL, or ROLLCALL_DATA_DIR for SQLite.`;
}

/** The driver's own words name the address or the file; they hold no password. */
function innermost(error: unknown): string {
  let current = error;
  for (let depth = 0; depth < 10; depth += 1) {
    if (!(current instanceof Error) || current.cause === undefined) break;
    current = current.cause;
  }
  if (!(current instanceof Error)) return 'unknown reason';
  const code = 'code' in current ? String(current.code) : '';
  return current.message === '' ? code : current.message.replace(/\.$/, '');
}
