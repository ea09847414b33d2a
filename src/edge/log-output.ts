import { destination } from 'pino';

/** Lines are written together: the call to the system costs more than the line. */
const bytesTogether = 4_096;

/** A quiet server's lines wait for company no longer than this. */
const waitMs = 100;

const standardOutput = 1;

/**
 * Where the server's log goes. What is still waiting when the process ends is written then; only a process that is
 * killed loses its last lines.
 * @param fd of an open file; without it, standard output
 */
export function logOutput(fd: number = standardOutput): ReturnType<typeof destination> {
  return destination({ dest: fd, sync: false, minLength: bytesTogether, periodicFlush: waitMs });
}
