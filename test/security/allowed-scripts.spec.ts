import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: true }>>;
}

async function readJson<Document>(name: string): Promise<Document> {
  return JSON.parse(await readFile(name, 'utf8')) as Document;
}

describe('allowScripts in package.json', () => {
  it('FIND F1 names every package with an install script, and none by its version', async () => {
    const { allowScripts } = await readJson<{ allowScripts: object }>('package.json');
    const { packages } = await readJson<Lock>('package-lock.json');

    const withScript = Object.entries(packages)
      .filter(([path, { hasInstallScript }]) => path !== '' && hasInstallScript === true)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));

    expect(Object.keys(allowScripts).sort()).toEqual([...new Set(withScript)].sort());
  });
});
