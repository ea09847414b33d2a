import { destination } from 'pino';

/** Lines are written together: the call to the system costs more than the line. */
const bytesTogether = 4_096;

/** A quiet server's lines wait for company no longer than this. */
const waitMs = 100;

/** Lines that cannot be written are kept up to this size and are then dropped. */
const logBytesKept = 4 * 1024 * 1024;

const standardOutput = 1;

/**
 * Where the server's log goes. What is still waiting when the process ends is written then; only a process that is
 * killed loses its last lines. A log that cannot be written, as on a full disk, stops nothing: the next lines try again.
 * @param fd of an open file; without it, standard output
 */
export function logOutput(fd: number = standardOutput): ReturnType<typeof destination> {
  const output = destination({
    dest: fd,
    sync: false,
    minLength: bytesTogether,
    periodicFlush: waitMs,
    maxLength: logBytesKept,
  });
  let isFailing = false;
  // Unheard, the event would end the process.
  output.on('error', () => (isFailing = true));
  output.on('write', () => (isFailing = false));
  const { flushSync } = output;
  // It tries until it succeeds, and the process would never end.
  output.flushSync = () => {
    if (!isFailing) flushSync.call(output);
  };
  return output;
}
