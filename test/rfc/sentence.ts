import { it } from '@jest/globals';
import { type SentenceId, sentences } from './sentences.js';

/**
 * A test of one sentence of the standard; its name is the sentence's id and what the server does. A second test of
 * the same sentence says which part of it is meant.
 */
export function sentence(id: SentenceId, test: () => Promise<void> | void): void;
export function sentence(id: SentenceId, part: string, test: () => Promise<void> | void): void;
export function sentence(
  id: SentenceId,
  ...rest: [() => Promise<void> | void] | [string, () => Promise<void> | void]
): void {
  const [part, test] = rest.length === 1 ? [undefined, rest[0]] : rest;
  it(`${id} ${sentences[id].does}${part === undefined ? '' : `: ${part}`}`, test);
}
