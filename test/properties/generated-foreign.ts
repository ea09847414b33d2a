import fc from 'fast-check';
import { foreignUrn, word } from './generated-resources.js';
import type { ReferencePath } from './patch-reference.js';

/** A value as JSON text: only text can name a member twice, or `__proto__`. */
export type Written = string;

/** A path as text, and what the reference implementation takes it for. */
export interface WrittenPath {
  readonly text: string;
  readonly path: ReferencePath | 'malformed';
}

const reservedName = fc.constantFrom('__proto__', 'constructor', 'prototype', '__PROTO__');

/** Some of the members, in any order and any case; now and then one twice, and names that reach for a prototype. */
export function object(
  members: readonly (readonly [string, fc.Arbitrary<Written>])[],
): fc.Arbitrary<Written> {
  const known = fc
    .constantFrom(...members)
    .chain(([name, value]) =>
      fc.tuple(fc.constantFrom(name, name, name, name.toUpperCase()), value),
    );
  const reaching = fc.tuple(
    reservedName,
    fc.constantFrom('{"polluted":true}', '"x"', '{"prototype":{"polluted":1}}'),
  );
  return fc
    .array(fc.oneof({ weight: 12, arbitrary: known }, { weight: 1, arbitrary: reaching }), {
      maxLength: 4,
    })
    .map(
      (pairs) => `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`,
    );
}

/** An object for an unknown schema, with what must not be kept. */
export const foreignObject = object([
  ['a', word.map((text) => JSON.stringify(text))],
  [
    'b',
    fc.constantFrom(
      '{"constructor":{"polluted":true},"c":1}',
      '[{"__proto__":{"polluted":1}}]',
      'null',
    ),
  ],
]);

/** What an attribute of an unknown schema may be given. */
export const foreignValue = fc.oneof(
  word.map((text) => JSON.stringify(text)),
  foreignObject,
  fc.constantFrom('null', '""', '[]', '["a"]', '["a","b"]', '{"c":"a"}', '{"C":"b"}', '5'),
);

/** Into objects of unknown schemas, stored or not, and one that the other's URN begins with. */
const foreignNames = [
  ...['a', 'A', 'list', 'b', 'b.c', 'B.C', 'a.c', 'list.c', 'new', 'constructor', 'a.constructor'],
  ...['Sub', 'Sub:a', 'SUB:list', 'Sub:b.c', 'Sub:', ''],
].map((name) => `${foreignUrn}:${name}`);
const otherForeignNames = [
  'urn:example:other:1.0:Thing:a',
  'urn:example:other:a',
  'URN:EXAMPLE:CUSTOM:2.0:THING:a',
  'slip:a',
];

/** Every form of them. */
export const foreignPaths: WrittenPath[] = [...foreignNames, ...otherForeignNames].map((text) => {
  const bare = text.endsWith(':') ? text.slice(0, -1) : text;
  const colon = bare.lastIndexOf(':');
  const [attribute = '', part] = bare.slice(colon + 1).split('.');
  const urn = bare.slice(0, colon);
  return { text, path: { urn, attribute, ...(part === undefined ? {} : { part }) } };
});
