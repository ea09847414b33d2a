/**
 * Runs the npm scripts that it is given, two at a time and in that order, so name the longest first. Each tells what it
 * has to say when it ends, in one piece; all are run to their end, and one that fails makes the whole fail.
 */
import { spawn } from 'node:child_process';

const lanes = 2;
const waiting = process.argv.slice(2);

async function runLane() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await run(name);
}

function run(name) {
  return new Promise((resolve) => {
    const npm = spawn('npm', ['run', name], {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    const chunks = [];
    npm.stdout.on('data', (chunk) => chunks.push(chunk));
    npm.stderr.on('data', (chunk) => chunks.push(chunk));
    npm.once('error', (error) => chunks.push(Buffer.from(`${error.message}\n`)));
    npm.once('close', (code) => {
      process.stdout.write(Buffer.concat(chunks));
      if (code !== 0) {
        process.stdout.write(`npm run ${name} failed\n`);
        process.exitCode = 1;
      }
      resolve();
    });
  });
}

await Promise.all(Array.from({ length: lanes }, runLane));
