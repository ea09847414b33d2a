#!/usr/bin/env node
/**
 * From a fresh clone to a running server: installs, builds, and hands over to `rollcall quickstart`. It uses
 * nothing but Node, because nothing else is there yet.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2).filter((argument) => argument !== '--no-install');
const mayInstall = !process.argv.includes('--no-install');
const oldestNode = [20, 19];

checkNode();
if (!args.includes('--help') && mayInstall && !isInstalled())
  run('Installing', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
run('Building', 'npm', ['run', '--silent', 'build']);
process.argv = [process.argv[0], join(root, 'dist/cli/rollcall.js'), 'quickstart', ...args];
await import('../dist/cli/rollcall.js');

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  fail(`Rollcall needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`);
}

/** npm leaves this file behind when an installation is whole; an older one belongs to an older lock. */
function isInstalled() {
  const mark = join(root, 'node_modules/.package-lock.json');
  return (
    existsSync(mark) && statSync(mark).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  );
}

function run(what, command, commandArgs) {
  process.stdout.write(`${what} …\n`);
  const { status, error } = spawnSync(command, commandArgs, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    fail(`${what} failed${error ? `: ${error.message}` : ''}. The lines above say why.`);
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
