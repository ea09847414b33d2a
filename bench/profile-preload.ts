/** Loaded into the server's process: takes a CPU profile when the bench asks for one over the channel between them. */
import { Session } from 'node:inspector/promises';

const sampleIntervalUs = 200;

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: sampleIntervalUs });

process.on('message', (wish) => {
  answer(wish).then(
    (message) => process.send?.(message),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});

async function answer(wish: unknown): Promise<object> {
  if (wish === 'start') {
    await session.post('Profiler.start');
    return {};
  }
  return session.post('Profiler.stop');
}
