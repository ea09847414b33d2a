import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const folder = 'test/together';

/**
 * The specs of `test/together/`, each with the specs that it imports; all paths begin below the root. Loading the
 * application takes longer than most specs need for their tests, and those that one spec imports load it once.
 */
export function readTogether(rootDir) {
  const names = readdirSync(join(rootDir, folder)).filter((name) => name.endsWith('.spec.ts'));
  return new Map(
    names.map((name) => [
      `${folder}/${name}`,
      partsOf(readFileSync(join(rootDir, folder, name), 'utf8')),
    ]),
  );
}

function partsOf(text) {
  const imports = text.matchAll(/^import '(.+)\.js';$/gm);
  return [...imports].map(([, name]) => posix.join(folder, `${name}.ts`));
}
