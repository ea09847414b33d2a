import { setTimeout as pause } from 'node:timers/promises';
import { types } from 'node:util';

const pauseMs = 25;

/**
 * Tries again while another process holds the file. SQLite's own waiting blocks one of Node's few threads, which
 * is right for a moment and wrong for a minute.
 */
export async function patiently<Result>(
  work: () => Promise<Result>,
  patienceMs: number,
): Promise<Result> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > giveUpAt || !isBusy(error)) throw error;
      await pause(pauseMs);
    }
  }
}

/** Whether another process holds the file, and SQLite's own waiting for it was over. */
export function isBusy(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && error.code === 'SQLITE_BUSY';
}
