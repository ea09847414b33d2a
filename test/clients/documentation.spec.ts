import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { clients } from './clients.js';

/** The page shows regions of the programs, so that its lines are lines that ran. */

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const page = readFileSync(join(root, 'docs/clients.md'), 'utf8');

/** A block of code, and above it the comment that names the file and the region that it was taken from. */
const shownBlock = /^<!-- (\S+) (\S+) -->\n\n```\w+\n(.*?)^```$/gms;
const blocks = [...page.matchAll(shownBlock)].map(([, path = '', region = '', text = '']) => ({
  path,
  region,
  text,
}));

const regionBegin = /^\s*(?:\/\/|#) #?region (\S+)$/;
const regionEnd = /^\s*(?:\/\/|#) #?endregion$/;

/** The regions of a file by name, without the indent that all of their lines have. */
function regionsOf(path: string): ReadonlyMap<string, string> {
  const regions = new Map<string, string[]>();
  let open: string[] | undefined;
  for (const line of readFileSync(join(root, path), 'utf8').split('\n')) {
    const name = regionBegin.exec(line)?.[1];
    if (name !== undefined) regions.set(name, (open = []));
    else if (regionEnd.test(line)) open = undefined;
    else open?.push(line);
  }
  return new Map([...regions].map(([name, lines]) => [name, withoutIndent(lines)]));
}

function withoutIndent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const indent = Math.min(...indents);
  return lines.map((line) => `${line.slice(indent)}\n`).join('');
}

/** The files of each client that have regions. */
const programs = clients.flatMap(({ name }) =>
  ['Main.java', 'Service.java', 'application.properties', 'main.go', 'main.py', 'main.ts']
    .map((file) => `test/clients/${name}/${file}`)
    .filter((path) => existsSync(join(root, path))),
);

describe('docs/clients.md', () => {
  it.each(blocks)('shows what $path runs: $region', ({ path, region, text }) => {
    expect(text).toBe(regionsOf(path).get(region));
  });

  it('shows every region of the programs, once', () => {
    const marked = programs.flatMap((path) =>
      [...regionsOf(path).keys()].map((region) => `${path} ${region}`),
    );
    const shown = blocks.map(({ path, region }) => `${path} ${region}`);

    expect(marked.length).toBeGreaterThan(0);
    expect(shown.sort()).toEqual(marked.sort());
  });

  it('shows no code that comes from nowhere', () => {
    const fences = [...page.matchAll(/^```(\w+)$/gm)].map(([, language]) => language);

    expect(fences.filter((language) => language !== 'sh')).toHaveLength(blocks.length);
  });

  it.each(clients)('names $name and the version that it was tried with', ({ name, library }) => {
    expect(page).toContain(`| \`${name}\` | ${library} |`);
  });
});

/** The versions that the table names are those that are installed. */
it.each(clients)(
  'the pinned versions of $name are those that the table names',
  ({ name, library }) => {
    const pins = ['pom.xml', 'go.mod', 'requirements.txt']
      .map((file) => join(root, 'test/clients', name, file))
      .filter(existsSync)
      .map((path) => readFileSync(path, 'utf8'))
      .join('');
    const installed = pins === '' ? readFileSync(join(root, 'package.json'), 'utf8') : pins;

    const versions = library.split(/[ ,]/).filter((word) => /^v?\d+\.\d+\.\d+$/.test(word));
    expect(versions.length).toBeGreaterThan(0);
    for (const version of versions) expect(installed).toContain(version);
  },
);
