import { readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Configuration } from '../config/configuration.js';
import { CommandError } from './command-error.js';
import { parseDays } from './token-days.js';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values = Readonly<Record<string, string | boolean | undefined>>;

interface Command {
  readonly summary: string;
  readonly options: Options;
  readonly usage: readonly string[];
  readonly run: (values: Values) => Promise<unknown>;
}

const help: Options = { help: { type: 'boolean', short: 'h' } };

/**
 * What a command needs is loaded when it runs, and once its options and settings are known to be good: help, a wrong
 * call and a fault of the environment are answered at once.
 */
const commands: Readonly<Record<string, Command>> = {
  serve: {
    summary: 'run the server',
    options: {},
    usage: [],
    run: async () => {
      const settings = await configuration();
      await (await import('./serve.js')).serve(settings);
    },
  },
  quickstart: {
    summary: 'run the server with a SCIM connection ready to paste into Okta or Entra ID',
    options: { 'new-token': { type: 'boolean' } },
    usage: ['--new-token   issue another bearer token; the ones before stay good until they end'],
    run: async (values) => {
      const settings = await configuration();
      const { quickstart } = await import('./quickstart.js');
      await quickstart(settings, { isNewTokenWanted: values['new-token'] === true });
    },
  },
  token: {
    summary: 'print another SCIM bearer token',
    options: { days: { type: 'string' }, client: { type: 'string' } },
    usage: [
      '--days <n>       how long it is good for, 1 to 730 (default 365)',
      '--client <id>    the SCIM client entity (default: the one that quickstart made)',
    ],
    run: async (values) => {
      const days = parseDays(textOf(values.days));
      const settings = await configuration();
      const { printToken } = await import('./print-token.js');
      await printToken(settings, { days, clientId: textOf(values.client) });
    },
  },
  migrate: {
    summary: 'bring the database up to date and stop',
    options: {},
    usage: [],
    run: async () => {
      const settings = await configuration();
      await (await import('./migrate-database.js')).migrateDatabase(settings);
    },
  },
};

/**
 * Runs the command that the arguments name.
 * @throws CommandError with exit code 2 for a call that is not understood; what the command itself throws
 */
export async function runCommand(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args;
  const isAlone = rest.length === 0;
  if (name === undefined || (isAlone && ['--help', '-h', 'help'].includes(name)))
    return print(overview());
  if (isAlone && ['--version', '-v'].includes(name)) return print(readVersion());
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined)
    throw new CommandError(`There is no command ${name}. Try: rollcall --help`, 2);
  const values = parseOptions(name, command, rest);
  if (values.help === true) return print(commandHelp(name, command));
  await command.run(values);
}

async function configuration(): Promise<Configuration> {
  const { readConfiguration } = await import('../config/read-configuration.js');
  return readConfiguration();
}

function parseOptions(name: string, command: Command, args: readonly string[]): Values {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { ...help, ...command.options },
      allowPositionals: false,
    });
    return values as Values;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(/\.\s/)[0] ?? '') : '';
    throw new CommandError(`${reason.replace(/\.$/, '')}. Try: rollcall ${name} --help`, 2);
  }
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`,
  );
  return [
    'Rollcall: machine identities, client-credentials tokens and SCIM 2.0 provisioning.',
    '',
    'Usage: rollcall <command> [options]',
    '',
    ...lines,
    '',
    '  --help     this text, or that of a command: rollcall <command> --help',
    '  --version  the version',
    '',
    'Settings come from environment variables; README.md lists them.',
  ].join('\n');
}

function commandHelp(name: string, { summary, usage }: Command): string {
  const options = usage.map((line) => `  ${line}`);
  return [`rollcall ${name}: ${summary}`, ...(options.length === 0 ? [] : ['', ...options])].join(
    '\n',
  );
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  throw new Error('package.json has a version');
}

function textOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
