/**
 * Survivors that no test can tell or need tell. Each entry has the mutant as the run prints it (`file`, `in`, `original`,
 * `mutant`) and one sentence, `why`.
 */
import { readFile } from 'node:fs/promises';
import { isSameMutant } from './mutants.js';

/** All entries of the data file. */
export async function readExplained() {
  const url = new URL('./explained.json', import.meta.url);
  const entries = JSON.parse(await readFile(url, 'utf8'));
  for (const entry of entries)
    for (const name of ['file', 'in', 'original', 'mutant', 'why'])
      if (typeof entry[name] !== 'string')
        throw new Error(`explained.json: an entry without ${name}`);
  return entries;
}

/** Entries of the files under test that name no mutant any more, or one that a test has noticed. */
export function staleEntries(entries, mutants, outcomes) {
  const files = new Set(mutants.map(({ file }) => file));
  return entries
    .filter(({ file }) => files.has(file))
    .filter((entry) => {
      const named = mutants.filter((mutant) => isSameMutant(mutant, entry));
      return named.length === 0 || named.every(({ id }) => outcomes.get(id) === true);
    });
}
