#!/usr/bin/env node
import { startSmall } from './memory.js';

startSmall();
const { explainError } = await import('./explain-error.js');
const { runCommand } = await import('./run-command.js');

// Everything that is written (the database, the key, the log) is for this user alone.
process.umask(0o077);

// Who reads the output may leave, as `head` does. Unheard, the event would end the command, or the server.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  await runCommand(process.argv.slice(2));
} catch (error) {
  const { sentences, exitCode, defect } = explainError(error);
  for (const sentence of sentences) process.stderr.write(`${sentence}\n`);
  if (defect !== undefined)
    process.stderr.write(
      `${defect instanceof Error ? (defect.stack ?? defect.message) : String(defect)}\n`,
    );
  process.exit(exitCode);
}
