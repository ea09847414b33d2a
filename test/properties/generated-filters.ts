import fc from 'fast-check';
import type { AttributeSchema, ResourceType } from '../../src/scim-core/schema/attribute.js';
import { commonAttributes } from '../../src/scim-core/schema/common.js';
import { textValue } from './generated-users.js';

/** A filter as text, and whether the server may say that it can not search so. */
export interface GeneratedFilter {
  readonly text: string;
  readonly mayBeRefused: boolean;
}

/** A part of a filter: what it is printed as, and how tightly it binds. */
interface Piece extends GeneratedFilter {
  readonly kind: 'leaf' | 'and' | 'or';
}

/** One place that a filter can name. */
interface Place {
  readonly path: string;
  readonly urn: string;
  readonly leaf: AttributeSchema;
  readonly isUnsearchable: boolean;
}

type Value = string | number | boolean | null;

/** An entry of a list, such as an address and what it is for. */
export interface Entry {
  readonly value: string;
  readonly type: string;
}

/** Places that are shown and can not be searched by: the server derives them for each answer. */
const unsearchable =
  /^(meta|meta\.(location|version)|schemas|groups\.(\$ref|type)|members\.(\$ref|display)|manager\.(\$ref|displayName))$/;
const invisible = /^password$/;
const filterBytesMax = 4_096;

/**
 * Filters over all attributes of a resource type, and over values that its resources have or nearly have.
 * @param values of the resources, from which those in filters are taken
 * @param entries of their lists, to be looked up by value and type
 */
export function generatedFilter(
  type: ResourceType,
  values: readonly Value[],
  entries: readonly Entry[],
): fc.Arbitrary<GeneratedFilter> {
  const literal = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...values).chain(nearly) },
    { weight: 1, arbitrary: textValue },
  );
  const places = placesOf(type);
  const single = fc.constantFrom(...places).chain((place) => comparison(place, literal));
  const lists = places.filter(({ leaf }) => leaf.type === 'complex');
  const bracketed = fc.constantFrom(...lists).chain((place) => valuePath(place, literal));
  const leaf = fc.oneof(
    { weight: 8, arbitrary: single },
    { weight: 4, arbitrary: bracketed },
    ...(entries.length > 0 ? [{ weight: 2, arbitrary: typedLookUp(lists, entries) }] : []),
  );
  return treeOf(leaf).filter(({ text }) => Buffer.byteLength(text) <= filterBytesMax);
}

function placesOf(type: ResourceType): Place[] {
  const schemas = [type.schema, ...type.extensions.map(({ schema }) => schema)];
  return [
    ...commonAttributes.flatMap((attribute) => placesIn(type.schema.id, attribute)),
    ...schemas.flatMap(({ id, attributes }) =>
      attributes.flatMap((attribute) => placesIn(id, attribute)),
    ),
  ].filter(({ path }) => !invisible.test(path));
}

function placesIn(urn: string, attribute: AttributeSchema): Place[] {
  const parts = (attribute.subAttributes ?? []).map((part) => ({
    path: `${attribute.name}.${part.name}`,
    leaf: part,
  }));
  return [{ path: attribute.name, leaf: attribute }, ...parts].map(({ path, leaf }) => ({
    path,
    urn,
    leaf,
    isUnsearchable: unsearchable.test(path),
  }));
}

/** What is there, or what differs from it by case, by a part, by its composition or by what is not seen. */
function nearly(value: Value): fc.Arbitrary<Value> {
  if (typeof value !== 'string') return fc.constant(value);
  const characters = [...value];
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(value) },
    fc.constantFrom(value.toUpperCase(), value.toLowerCase(), value.normalize('NFD')),
    fc.constantFrom(` ${value} `, value.replaceAll(' ', ' \u00A0'), [...value].join('\u200B')),
    fc
      .tuple(fc.nat(characters.length), fc.nat(characters.length))
      .map(([from, to]) => characters.slice(Math.min(from, to), Math.max(from, to)).join('')),
  );
}

function comparison(place: Place, literal: fc.Arbitrary<Value>): fc.Arbitrary<Piece> {
  const isBare = place.leaf.type === 'complex' && !hasValue(place.leaf);
  const compared = comparedBy(place.leaf, literal).filter((text) => !isBare || !/"/.test(text));
  const isSafe = place.path.includes('.') || place.urn.includes(':core:');
  return fc
    .tuple(
      spelled(place),
      isBare ? presence : fc.oneof({ weight: 5, arbitrary: compared }, presence),
    )
    .map(([path, rest]) => ({
      text: `${path} ${rest}`,
      kind: 'leaf' as const,
      mayBeRefused: place.isUnsearchable || !isSafe ? place.isUnsearchable : false,
    }));
}

function hasValue(attribute: AttributeSchema): boolean {
  return attribute.subAttributes?.some(({ name }) => name === 'value') ?? false;
}

const presence = fc.oneof(
  { weight: 3, arbitrary: anyCase('pr') },
  fc
    .tuple(fc.oneof(anyCase('eq'), anyCase('ne')), fc.constant('null'))
    .map((parts) => parts.join(' ')),
);

/** Operator and value, such as the attribute's type allows. */
function comparedBy(
  attribute: AttributeSchema,
  literal: fc.Arbitrary<Value>,
): fc.Arbitrary<string> {
  const leaf = attribute.subAttributes?.find(({ name }) => name === 'value') ?? attribute;
  const equality = ['eq', 'ne'];
  const ordering = ['gt', 'ge', 'lt', 'le'];
  switch (leaf.type) {
    case 'boolean':
      return operated(equality, fc.constantFrom('true', 'false', '"True"', '"FALSE"', '"true"'));
    case 'dateTime':
      return operated(
        [...equality, ...ordering],
        instant.map((text) => JSON.stringify(text)),
      );
    case 'binary':
      return operated([...equality, 'co', 'sw', 'ew'], literal.map(quoted));
    default:
      return operated(
        [...equality, ...ordering, 'co', 'sw', 'ew'],
        fc.oneof(literal.map(quoted), escaped(literal)),
      );
  }
}

function operated(operators: readonly string[], value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...operators).chain(anyCase), value)
    .map((parts) => parts.join(' '));
}

function quoted(value: Value): string {
  return JSON.stringify(String(value));
}

/** Any character may be written by its number. */
function escaped(literal: fc.Arbitrary<Value>): fc.Arbitrary<string> {
  return literal.map((value) => {
    const units = String(value).split('');
    return `"${units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
  });
}

/** Around the times at which resources are made, in any time zone and to more than a millisecond. */
const instant = fc
  .record({
    ms: fc.oneof(
      fc.integer({ min: 0, max: 20 * 3_600_000 }),
      fc.integer({ min: 0, max: 20 }).map((hours) => hours * 3_600_000),
    ),
    offsetMinutes: fc.constantFrom(0, 60, -330, 345, 14 * 60, -12 * 60),
    end: fc.constantFrom('', '0', '0001', '9'),
    zone: fc.constantFrom('offset', 'plain', 'Z'),
  })
  .map(({ ms, offsetMinutes, end, zone }) => {
    const minutes = zone === 'offset' ? offsetMinutes : 0;
    const local = new Date(Date.UTC(2026, 0, 1) + ms + minutes * 60_000).toISOString().slice(0, -1);
    if (zone !== 'offset') return `${local}${end}${zone === 'Z' ? 'Z' : ''}`;
    const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
    const two = (n: number) => String(n).padStart(2, '0');
    return `${local}${end}${minutes < 0 ? '-' : '+'}${two(hour)}:${two(minute)}`;
  });

/** Inside the brackets names stand for sub-attributes, of one and the same entry. */
function valuePath(place: Place, literal: fc.Arbitrary<Value>): fc.Arbitrary<Piece> {
  const parts = (place.leaf.subAttributes ?? []).map((leaf) => ({
    path: leaf.name,
    urn: place.urn,
    leaf,
    isUnsearchable: unsearchable.test(`${place.path}.${leaf.name}`),
  }));
  const inside = fc.constantFrom(...parts).chain((part) =>
    fc
      .tuple(anyCase(part.path), fc.oneof(comparedBy(part.leaf, literal), presence))
      .map(([name, rest]) => ({
        text: `${name} ${rest}`,
        kind: 'leaf' as const,
        mayBeRefused: part.isUnsearchable || place.isUnsearchable,
      })),
  );
  return fc.tuple(spelled(place), treeOf(inside)).map(([path, { text, mayBeRefused }]) => ({
    text: `${path}[${text}]`,
    kind: 'leaf',
    mayBeRefused,
  }));
}

/** As clients look somebody up: by a value and its type, of one entry of the resources or of two, or by more than that. */
function typedLookUp(places: readonly Place[], entries: readonly Entry[]): fc.Arbitrary<Piece> {
  const names = (place: Place) => place.leaf.subAttributes?.map(({ name }) => name) ?? [];
  const typed = places.filter((place) =>
    ['value', 'type'].every((name) => names(place).includes(name)),
  );
  const entry = fc.constantFrom(...entries);
  const pair = fc.oneof(
    entry,
    fc.tuple(entry, entry).map(([{ value }, { type }]) => ({ value, type })),
  );
  const form = fc.constantFrom(
    (type: string, value: string) => `[type eq ${type} and value eq ${value}]`,
    (type: string, value: string) => `[value eq ${value} and type eq ${type}]`,
    (type: string, value: string) => `[type eq ${type}].value eq ${value}`,
    (type: string, value: string) => `[(type eq ${type} or type pr) and value eq ${value}]`,
    (type: string, value: string) => `[value eq ${value} and not (type eq ${type})]`,
    (type: string, value: string) => `[type eq ${type} and (value eq ${value} and value pr)]`,
    (type: string, value: string) => `[value eq ${value} and type eq ${type} and value co "a"]`,
  );
  return fc.constantFrom(...typed).chain((place) =>
    fc.tuple(spelled(place), form, pair).map(([path, print, { type, value }]) => ({
      text: `${path}${print(JSON.stringify(type), JSON.stringify(value))}`,
      kind: 'leaf' as const,
      mayBeRefused: place.isUnsearchable || unsearchable.test(`${place.path}.type`),
    })),
  );
}

/** A path in any case, with its schema before it or, where it is a core one, without. */
function spelled({ path, urn }: Place): fc.Arbitrary<string> {
  const isCore = urn.includes(':core:');
  return fc
    .tuple(anyCase(path), anyCase(urn), fc.constantFrom(true, !isCore, !isCore))
    .map(([name, schema, isFull]) => (isFull ? `${schema}:${name}` : name));
}

/** `and` binds more tightly than `or`, so brackets stand where they must, and elsewhere now and then. */
function treeOf(leaf: fc.Arbitrary<Piece>): fc.Arbitrary<Piece> {
  const { tree } = fc.letrec<{ tree: Piece }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { weight: 3, arbitrary: leaf },
      {
        weight: 2,
        arbitrary: fc
          .tuple(
            fc.constantFrom('and' as const, 'or' as const),
            fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
            anyCase('and'),
            anyCase('or'),
          )
          .map(([kind, pieces, and, or]) => ({
            text: pieces
              .map((piece) => bracketed(piece, kind))
              .join(` ${kind === 'and' ? and : or} `),
            kind,
            mayBeRefused: pieces.some(({ mayBeRefused }) => mayBeRefused),
          })),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(anyCase('not'), tie('tree'), fc.constantFrom('', ' '))
          .map(([not, piece, space]) => ({
            ...piece,
            text: `${not}${space}(${piece.text})`,
            kind: 'leaf' as const,
          })),
      },
      {
        weight: 1,
        arbitrary: tie('tree').map((piece) => ({
          ...piece,
          text: `(${piece.text})`,
          kind: 'leaf' as const,
        })),
      },
    ),
  }));
  return tree;
}

function bracketed({ text, kind }: Piece, outer: 'and' | 'or'): string {
  return outer === 'and' && kind === 'or' ? `(${text})` : text;
}

function anyCase(text: string): fc.Arbitrary<string> {
  const spellings = [text, text, text, text.toUpperCase(), text.toLowerCase()];
  return fc.constantFrom(...spellings);
}
