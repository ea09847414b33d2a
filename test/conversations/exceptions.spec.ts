import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { findConversations } from './clients.js';

const files = [
  'scim-core/patch/vendor-paths.ts',
  'scim-core/resource/vendor-values.ts',
  'scim/vendor-url.ts',
];

/** The exported functions of a file, each with the comment right above it. */
function findExceptions(file: string): readonly { name: string; comment: string }[] {
  const text = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
  const pieces = text.split(/^export function (?=\w)/m);
  return pieces.slice(1).map((piece, before) => {
    const [name = ''] = /^\w+/.exec(piece) ?? [];
    const [comment = ''] = /\/\*\*(?:(?!\*\/)[^])*\*\/\n$/.exec(pieces[before] ?? '') ?? [];
    return { name, comment };
  });
}

/** Where the server does for a client what the RFC does not say, the client has been heard to ask for it. */
describe('an exception made for a client', () => {
  const known = new Set(findConversations().map(({ name }) => name));
  const exceptions = files.flatMap(findExceptions);

  it('is found wherever there is one', () => {
    for (const file of files) expect(findExceptions(file)).not.toEqual([]);
  });

  it.each(exceptions)('$name is recorded in conversations that exist', ({ comment }) => {
    const words = comment.split(/\s+/).map((word) => word.replace(/\.$/, ''));
    const recorded = words.filter((word) => word.endsWith('.json'));

    expect(recorded).not.toEqual([]);
    expect(recorded.filter((name) => !known.has(name))).toEqual([]);
  });
});
