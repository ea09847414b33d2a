import { basics } from './sentences/basics.js';
import { changes } from './sentences/changes.js';
import { filters } from './sentences/filters.js';
import type { Sentence } from './sentences/level.js';
import { lists } from './sentences/lists.js';
import { options } from './sentences/options.js';
import { resources } from './sentences/resources.js';

/**
 * What the standard asks of a SCIM server, sentence by sentence, and what this one does. The letter of an id is its
 * chapter; ids stay what they are, since tests and documents name them.
 */
export const sentences = {
  ...basics,
  ...filters,
  ...lists,
  ...changes,
  ...resources,
  ...options,
} satisfies Readonly<Record<string, Sentence>>;

export type SentenceId = keyof typeof sentences;
