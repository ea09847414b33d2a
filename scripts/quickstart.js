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

/** What npm and the compilers that it starts may say on standard error. */
const errorBytesMax = 64 * 1024 * 1024;

checkNode();
if (!args.includes('--help') && mayInstall && !isInstalled()) install();
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

/**
 * Shows npm's warnings, such as install scripts that it did not run, but for those on the engines of development tools:
 * they only run when somebody works on Rollcall, and they work on every Node that it needs.
 */
function install() {
  const { stderr } = run(
    'Installing (a few minutes where SQLite must be compiled)',
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=warn'],
    'pipe',
  );
  const lines = String(stderr).split('\n');
  const shown = lines.filter((line) => line.trim() !== '' && !/^npm warn EBADENGINE\b/i.test(line));
  if (shown.length > 0) process.stderr.write(`${shown.join('\n')}\n`);
}

function run(what, command, commandArgs, stderr = 'inherit') {
  process.stdout.write(`${what} …\n`);
  const ended = spawnSync(command, commandArgs, {
    cwd: root,
    stdio: ['ignore', 'inherit', stderr],
    maxBuffer: errorBytesMax,
    shell: process.platform === 'win32',
  });
  if (ended.status === 0) return ended;
  if (ended.stderr !== null) process.stderr.write(ended.stderr ?? '');
  const reason = ended.error === undefined ? '' : `: ${ended.error.message}`;
  return fail(`${what} failed${reason}. The lines above say why.`);
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
