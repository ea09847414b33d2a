import fc from 'fast-check';
import {
  addressParts,
  enterpriseTexts,
  enterpriseUrn,
  foreignUrn,
  groupResource,
  groupUrn,
  listNames,
  managerParts,
  memberParts,
  nameParts,
  plainWord,
  userResource,
  userTexts,
  userUrn,
  valueParts,
  word,
} from './generated-resources.js';
import {
  foreignObject,
  foreignPaths,
  foreignValue,
  object,
  type Written,
  type WrittenPath,
} from './generated-foreign.js';
import type { ReferenceFilter } from './patch-filter.js';
import type { ReferenceOperation, ReferencePath } from './patch-reference.js';
import type { ReferenceKind } from './patch-tables.js';

/** A PATCH document as JSON text, and its operations with their paths taken apart. */
export interface GeneratedPatch {
  readonly kind: ReferenceKind;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly operations: readonly ReferenceOperation[];
}

const known = [userUrn, enterpriseUrn, enterpriseUrn.toUpperCase(), groupUrn];
const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** The attributes that operations name, with their parts. */
const attributes: Readonly<
  Record<ReferenceKind, readonly (readonly [string, string, readonly string[]])[]>
> = {
  User: [
    ...[...userTexts, ...userTexts].map((name) => [userUrn, name, []] as const),
    ...['active', 'id', 'schemas', 'unknown', 'constructor'].map(
      (name) => [userUrn, name, []] as const,
    ),
    ...listNames.map((name) => [userUrn, name, valueParts] as const),
    ...['emails', 'emails', ...listNames].map((name) => [userUrn, name, valueParts] as const),
    [userUrn, 'addresses', addressParts],
    [userUrn, 'name', nameParts],
    [userUrn, 'groups', ['value', 'display']],
    [userUrn, 'meta', ['created', 'resourceType']],
    ...enterpriseTexts.map((name) => [enterpriseUrn, name, []] as const),
    [enterpriseUrn, 'manager', managerParts],
    [enterpriseUrn, 'manager', managerParts],
  ],
  Group: [
    ...['displayName', 'externalId', 'id', 'unknown'].map((name) => [groupUrn, name, []] as const),
    [groupUrn, 'members', memberParts],
    [groupUrn, 'members', memberParts],
    [groupUrn, 'members', memberParts],
    [groupUrn, 'meta', ['created', 'resourceType']],
  ],
};

/** Documents of up to five operations on resources that have what they name, or not. */
export const generatedPatch: fc.Arbitrary<GeneratedPatch> = fc
  .constantFrom<ReferenceKind>('User', 'User', 'Group')
  .chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      resource: kind === 'User' ? userResource : groupResource,
      form: fc.constantFrom<BodyForm>('full', 'full', 'full', 'without schemas', 'list'),
      written: fc.array(operation(kind), { minLength: 1, maxLength: 5 }),
    }),
  )
  .map(({ kind, resource, form, written }) => ({
    kind,
    resource,
    text: bodyOf(form, `[${written.map(({ text }) => text).join(',')}]`),
    operations: written.map(({ operation: each }) => each),
  }));

/** What a client leaves out of the body. */
type BodyForm = 'full' | 'without schemas' | 'list';

function bodyOf(form: BodyForm, operations: string): string {
  if (form === 'list') return operations;
  const schemas = form === 'full' ? `"schemas":["${patchUrn}"],` : '';
  return `{${schemas}"Operations":${operations}}`;
}

function operation(
  kind: ReferenceKind,
): fc.Arbitrary<{ text: string; operation: ReferenceOperation }> {
  const op = fc.constantFrom<ReferenceOperation['op']>('add', 'remove', 'replace');
  const isLoud = fc.constantFrom(false, false, true);
  // A remove without a path is a fault, which need not be tried often.
  const placed = op.chain((name) =>
    fc.tuple(fc.constant(name), isLoud, mostly(path(kind), name === 'remove' ? 40 : 3)),
  );
  return placed.chain(([name, loud, to]) => {
    const value = to ? listed(valueAt(to)) : asText(memberObject(kind));
    const given = name === 'remove' ? rarely(value, 3) : mostly(value, 30);
    return given.map((text) => {
      const written = loud ? `${name[0]?.toUpperCase()}${name.slice(1)}` : name;
      const parts = [
        `"op":"${written}"`,
        ...(to ? [`"path":${JSON.stringify(to.text)}`] : []),
        ...(text === undefined ? [] : [`"value":${text}`]),
      ];
      return {
        text: `{${parts.join(',')}}`,
        operation: {
          op: name,
          path: to?.path,
          value: text === undefined ? undefined : (JSON.parse(text) as unknown),
        },
      };
    });
  });
}

/** Mostly as it is, now and then as a list of one, as SCIM-SDK writes it. */
function listed(value: fc.Arbitrary<Written>): fc.Arbitrary<Written> {
  return fc
    .tuple(value, fc.constantFrom(...Array<number>(8).fill(0), 1, 1, 2))
    .map(([text, depth]) => `${'['.repeat(depth)}${text}${']'.repeat(depth)}`);
}

/** Mostly an object, now and then a list of one, JSON text as scim-for-keycloak writes it, or both. */
function asText(value: fc.Arbitrary<Written>): fc.Arbitrary<Written> {
  const isText = fc.constantFrom(false, false, false, false, true);
  return listed(value).chain((text) =>
    listed(isText.map((is) => (is ? JSON.stringify(text) : text))),
  );
}

/** The thing, or one time out of so many nothing. */
function mostly<Value>(
  thing: fc.Arbitrary<Value>,
  weight: number,
): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight, arbitrary: thing }, fc.constant(undefined));
}

/** Nothing, or one time out of so many the thing. */
function rarely<Value>(
  thing: fc.Arbitrary<Value>,
  weight: number,
): fc.Arbitrary<Value | undefined> {
  return fc.oneof(thing, { weight, arbitrary: fc.constant(undefined) });
}

function path(kind: ReferenceKind): fc.Arbitrary<WrittenPath> {
  return fc.oneof(
    { weight: 30, arbitrary: attributePath(kind) },
    { weight: 2, arbitrary: fc.constantFrom(...wholeSchemas(kind)) },
    { weight: 3, arbitrary: fc.constantFrom(...foreignPaths) },
    { weight: 1, arbitrary: malformed },
  );
}

function wholeSchemas(kind: ReferenceKind): WrittenPath[] {
  const urns = kind === 'User' ? [userUrn, enterpriseUrn, enterpriseUrn.toUpperCase()] : [groupUrn];
  const ended = urns.map((urn) => ({ text: `${urn}:`, path: { urn } }));
  const bare = [...urns, foreignUrn, foreignUrn, 'urn:x:constructor', `${userUrn}:__proto__`].map(
    (urn) => ({
      text: urn,
      path: splitUrn(urn, urns),
    }),
  );
  return [...bare, ...ended];
}

/** A URN that is no schema here reads as an attribute of one. */
function splitUrn(text: string, known: readonly string[]): ReferencePath {
  if (known.includes(text)) return { urn: text };
  const colon = text.lastIndexOf(':');
  return { urn: text.slice(0, colon), attribute: text.slice(colon + 1) };
}

const malformed: fc.Arbitrary<WrittenPath> = fc
  .constantFrom(
    '__proto__',
    'a.__proto__',
    'a.__proto__.b',
    'x.constructor.y',
    '',
    'a.b.c',
    'name..x',
  )
  .map((text) => ({ text, path: 'malformed' as const }));

function attributePath(kind: ReferenceKind): fc.Arbitrary<WrittenPath> {
  return fc.constantFrom(...attributes[kind]).chain(([urn, name, parts]) => {
    const isCore = urn !== enterpriseUrn;
    const names = parts.length === 0 ? ['unknown'] : parts;
    const partName = fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...names) },
      fc.constant('unknown'),
    );
    const part = rarely(partName, parts.length === 0 ? 40 : 1);
    const filter = rarely(
      entryFilter(parts.length === 0 ? ['value'] : parts),
      parts.length === 0 ? 40 : 1,
    );
    const isFull = isCore ? fc.constantFrom(false, false, true) : fc.constant(true);
    return fc.tuple(part, filter, isFull, fc.boolean()).map(([sub, chosen, full, isLoud]) => {
      const spelled = isLoud ? name.toUpperCase() : name;
      const text = `${full ? `${urn}:` : ''}${spelled}${chosen ? `[${chosen.text}]` : ''}`;
      return {
        text: sub === undefined ? text : `${text}.${sub}`,
        path: {
          ...(full ? { urn } : {}),
          attribute: spelled,
          ...(chosen ? { filter: chosen.filter } : {}),
          ...(sub === undefined ? {} : { part: sub }),
        },
      };
    });
  });
}

interface WrittenFilter {
  readonly text: string;
  readonly filter: ReferenceFilter;
}

function entryFilter(parts: readonly string[]): fc.Arbitrary<WrittenFilter> {
  const leaf = fc
    .record({
      op: fc.constantFrom(
        'eq' as const,
        'eq' as const,
        'eq' as const,
        'sw' as const,
        'pr' as const,
      ),
      part: fc.constantFrom(...parts),
      value: fc.oneof(plainWord, plainWord, plainWord, fc.boolean()),
    })
    .map(({ op, part, value }): WrittenFilter => {
      const given = part === 'primary' && op === 'eq' ? value !== 'a' : value;
      return {
        text: op === 'pr' ? `${part} pr` : `${part} ${op} ${JSON.stringify(given)}`,
        filter: { op, part, value: given },
      };
    });
  const several = fc
    .tuple(
      fc.constantFrom('and' as const, 'or' as const),
      fc.array(leaf, { minLength: 2, maxLength: 2 }),
    )
    .map(([op, inner]): WrittenFilter => ({
      text: inner.map(({ text }) => text).join(` ${op} `),
      filter: { op, inner: inner.map(({ filter }) => filter) },
    }));
  const not = leaf.map(({ text, filter }): WrittenFilter => ({
    text: `not (${text})`,
    filter: { op: 'not', inner: filter },
  }));
  return fc.oneof({ weight: 5, arbitrary: leaf }, several, not);
}

/** Mostly what fits the place, sometimes what does not. */
function valueAt({ path: to }: WrittenPath): fc.Arbitrary<Written> {
  const odd = fc.constantFrom(
    'null',
    '""',
    '[]',
    '{}',
    '5',
    'true',
    '"True"',
    '"x"',
    '[{}]',
    '["a"]',
    '[null,""]',
  );
  if (to === 'malformed') return odd;
  const name = to.attribute?.toLowerCase();
  if (to.urn !== undefined && !known.includes(to.urn)) return listed(foreignValue);
  if (name === undefined) return fc.oneof(enterpriseObject, enterpriseObject, odd);
  const isLeaf =
    to.part !== undefined ||
    !/^(emails|phone|photos|roles|x509|addresses|name|manager|members|groups|meta)/.test(name);
  const fit = isLeaf ? leafValue(to.part ?? name) : entryValue(name);
  return fc.oneof({ weight: 12, arbitrary: fit }, { weight: 2, arbitrary: odd });
}

function leafValue(name: string): fc.Arbitrary<Written> {
  if (name === 'active' || name === 'primary')
    return fc.constantFrom('true', 'false', '"False"', '"TRUE"');
  if (name === 'id') return fc.constantFrom('"1"', '"2"');
  if (name === 'thing') return foreignObject;
  return word.map((text) => JSON.stringify(text));
}

function entryValue(name: string): fc.Arbitrary<Written> {
  const parts = partsOf(name);
  const entry = object(parts.map((part) => [part, leafValue(part)]));
  const many = fc.array(entry, { maxLength: 3 }).map((entries) => `[${entries.join(',')}]`);
  const bare = word.map((text) => JSON.stringify(text));
  const isBareFit = parts.includes('value');
  return fc.oneof(
    { weight: 6, arbitrary: entry },
    { weight: 6, arbitrary: many },
    { weight: isBareFit ? 3 : 1, arbitrary: bare },
  );
}

function partsOf(name: string): readonly string[] {
  const known = [...attributes.User, ...attributes.Group].find(
    ([, each]) => each.toLowerCase() === name,
  );
  return known?.[2] ?? valueParts;
}

const enterpriseObject = object([
  ...enterpriseTexts.map((name) => [name, leafValue(name)] as const),
  ['manager', entryValue('manager')],
  ['manager.value', leafValue('value')],
  ['unknown', fc.constant('1')],
]);

/** The value of an operation without a path: attributes, dotted names, URNs, whole extensions. */
function memberObject(kind: ReferenceKind): fc.Arbitrary<Written> {
  const members = attributes[kind].flatMap(
    ([urn, name, parts]): [string, fc.Arbitrary<Written>][] => {
      const prefix = urn === enterpriseUrn ? `${urn}:` : '';
      const to = { text: name, path: { attribute: name } };
      return [
        [`${prefix}${name}`, valueAt(to)],
        ...(urn === enterpriseUrn
          ? []
          : [[`${urn}:${name}`, valueAt(to)] as [string, fc.Arbitrary<Written>]]),
        ...parts.map((part): [string, fc.Arbitrary<Written>] => [
          `${prefix}${name}.${part}`,
          leafValue(part),
        ]),
      ];
    },
  );
  const whole: [string, fc.Arbitrary<Written>][] = [
    ...(kind === 'User'
      ? [[enterpriseUrn, enterpriseObject] as [string, fc.Arbitrary<Written>]]
      : []),
    [foreignUrn, foreignObject],
    ...foreignPaths.map(({ text }): [string, fc.Arbitrary<Written>] => [text, foreignValue]),
    ['urn:x:__proto__', foreignObject],
    ['name.__proto__', foreignObject],
    ['a.__proto__.polluted', fc.constant('true')],
    [`${userUrn}:__proto__`, foreignObject],
  ];
  return object([...members, ...whole]);
}
