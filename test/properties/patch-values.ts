import { type Attribute, findIn, type Resource, type Thing } from './patch-tables.js';

/** The refusal of an operation, by its scimType. */
export class Refusal extends Error {
  constructor(readonly scimType: string) {
    super(scimType);
  }
}

/** OneLogin and Entra ID empty an entry's value: what is left, its labels, goes with it. */
function lenientOneLoginLabels(entry: Resource, attribute: Attribute): boolean {
  if (!attribute.many || !attribute.parts?.value) return false;
  return Object.keys(entry).every((name) => name === 'type' || name === 'primary');
}

/** Entra ID writes Booleans as text. */
export function lenientEntraBoolean(value: Thing): Thing {
  return typeof value === 'string' && /^(true|false)$/i.test(value)
    ? value.toLowerCase() === 'true'
    : value;
}

/** SCIM-SDK and UnboundID write one value as a list of one. */
export function lenientSdkOne(value: Thing): Thing {
  return Array.isArray(value) && value.length === 1 ? (value as Thing[])[0] : value;
}

/** scim-for-keycloak writes an object as JSON text, where only an object can be meant. */
export function lenientKeycloakText(value: Thing): Thing {
  const given = lenientSdkOne(value);
  if (typeof given !== 'string') return given;
  try {
    const read: unknown = lenientSdkOne(JSON.parse(given));
    return isObject(read) ? read : given;
  } catch {
    return given;
  }
}

/** Okta and OneLogin send an empty text for what a person does not have. */
function lenientOktaEmpty(attribute: Attribute, value: Thing): boolean {
  return value === '' && attribute.kind !== 'flag';
}

/** Entra ID sends a manager as a bare text, FusionAuth's clients roles. */
function lenientEntraBareText(attribute: Attribute, value: Thing): Thing {
  const isBare = typeof value === 'string' && value !== '' && attribute.parts?.value;
  return isBare ? { value } : value;
}

/** JumpCloud adds again what is there: the entry of that value and type takes the other parts. */
export function addEntry(entries: readonly Thing[], added: Thing, attribute: Attribute): Thing[] {
  const place = findSameEntry(entries as Resource[], added as Resource);
  if (place < 0) return [...entries, added];
  return entries.map((entry, index) => {
    if (index !== place) return entry;
    const old = entry as Resource;
    const parts = Object.entries(added as Resource).filter(
      ([name]) => !(attribute.parts?.[name]?.isOnce && old[name] !== undefined),
    );
    return setParts(old, Object.fromEntries(parts), attribute);
  });
}

function findSameEntry(entries: readonly Resource[], added: Resource): number {
  if (added.value === undefined) return entries.findIndex((entry) => isSame(entry, added));
  const same = entries.map((entry) => entry.value === added.value);
  const exact = entries.findIndex((entry, n) => same[n] && entry.type === added.type);
  if (exact >= 0) return exact;
  return entries.findIndex(
    (entry, n) => same[n] && (added.type === undefined || entry.type === undefined),
  );
}

/** The parts that an object names, under their own spelling; undefined for those that it takes away. */
export function readParts(attribute: Attribute, value: Thing): Resource {
  const given = lenientEntraBareText(attribute, value);
  if (!isObject(given)) throw new Refusal('invalidValue');
  const parts: Resource = {};
  for (const [name, each] of Object.entries(given)) {
    const found = findIn(attribute.parts ?? {}, name);
    if (found && !found.attribute.isFixed) parts[found.name] = read(found.attribute, each);
  }
  return parts;
}

/** A value as the attribute has it; undefined when it means unassigned (RFC 7643 §2.5). */
export function read(attribute: Attribute, value: Thing): Thing {
  if (value === null || lenientOktaEmpty(attribute, value)) return undefined;
  if (attribute.many) return readMany(attribute, value);
  if (Array.isArray(value) && value.length === 0) return undefined;
  if (attribute.kind === 'complex') {
    const parts = readParts(attribute, value);
    const entry = withoutUndefined(parts);
    const isEmptied = 'value' in parts && parts.value === undefined;
    return isEmptied && lenientOneLoginLabels(entry, attribute) ? undefined : unlessEmpty(entry);
  }
  const plain = attribute.kind === 'flag' ? lenientEntraBoolean(value) : value;
  if (typeof plain !== (attribute.kind === 'flag' ? 'boolean' : 'string'))
    throw new Refusal('invalidValue');
  return typeof plain === 'string' ? readText(plain) : plain;
}

function readMany(attribute: Attribute, value: Thing): Thing {
  const entries: Thing[] = [];
  for (const item of Array.isArray(value) ? (value as Thing[]) : [value]) {
    if (item === null || item === '') continue;
    const { many: _, ...one } = attribute;
    const entry = readOfMany(one, item);
    if (entry !== undefined) entries.push(entry);
  }
  const once = eachOnce(entries);
  if (once.filter(isPreferred).length > 1) throw new Refusal('invalidValue');
  return unlessEmpty(once);
}

/** RFC 7643 §2.4: value and type are there once; without a value, all that is in an entry. Primary is who was in either. */
export function eachOnce(entries: readonly Thing[]): Thing[] {
  const once: Thing[] = [];
  for (const entry of entries) {
    const place = once.findIndex((each) => isRepeated(each, entry));
    const known = once[place];
    if (place < 0) once.push(entry);
    else if (isObject(known) && isObject(entry)) {
      const isEither = isPreferred(known) || isPreferred(entry);
      const both = { ...known, ...entry, ...(isEither ? { primary: true } : {}) };
      once[place] = isSame(known, both) ? known : both;
    }
  }
  return once;
}

function isRepeated(known: Thing, entry: Thing): boolean {
  if (!isObject(known) || !isObject(entry)) return isSame(known, entry);
  return known.value === undefined || entry.value === undefined
    ? isSame({ ...known, primary: null }, { ...entry, primary: null })
    : isSame([known.value, known.type ?? null], [entry.value, entry.type ?? null]);
}

function readOfMany(one: Omit<Attribute, 'many'>, item: Thing): Thing {
  const parts = readParts(one, item);
  const entry = withoutUndefined(parts);
  const isEmptied = 'value' in parts && parts.value === undefined;
  return isEmptied && lenientOneLoginLabels(entry, { ...one, many: true })
    ? undefined
    : unlessEmpty(entry);
}

/** What is kept unread is rid of names that reach for a prototype, at any depth. */
export function harmless(value: Thing): Thing {
  if (Array.isArray(value)) return value.map(harmless);
  if (typeof value === 'string') return readText(value);
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([name]) => !isReserved(name));
  return Object.fromEntries(members.map(([name, member]) => [readText(name), harmless(member)]));
}

/** Names that could reach a prototype. */
export function isReserved(name: string): boolean {
  return ['__proto__', 'constructor', 'prototype'].includes(name.toLowerCase());
}

/** Text that no database could give back is refused. */
function readText(value: string): string {
  if (value.includes('\0') || !value.isWellFormed()) throw new Refusal('invalidValue');
  return value;
}

/** Sets the given parts. What described an old value (`$ref`, a name that the server gave) goes with it. */
export function setParts(before: Resource, parts: Resource, attribute: Attribute): Resource {
  const next = { ...before };
  const changes = Object.entries(parts).filter(([name, after]) => !isSame(before[name], after));
  if (changes.length === 0) return before;
  for (const [name, after] of changes) {
    if (attribute.parts?.[name]?.isOnce && before[name] !== undefined)
      throw new Refusal('mutability');
    if (after === undefined) delete next[name];
    else next[name] = after;
  }
  if ('value' in parts && !isSame(before.value, next.value)) {
    for (const [name, part] of Object.entries(attribute.parts ?? {})) {
      if ((name === '$ref' || part.isFixed) && !(name in parts)) delete next[name];
    }
  }
  return next;
}

/**
 * §3.5.2: a value that newly has primary takes it from the others, unless the request has named one
 * of them before.
 */
export function onePrimary(
  before: readonly Thing[],
  after: readonly Thing[],
  isNamed: boolean,
): Thing[] {
  if (after.filter(isPreferred).length < 2) return [...after];
  const fresh = after.filter((entry) => isPreferred(entry) && !before.includes(entry));
  if (fresh.length === 0) return [...after];
  if (fresh.length > 1 || isNamed) throw new Refusal('invalidValue');
  return after.map((entry) =>
    isPreferred(entry) && !fresh.includes(entry)
      ? { ...(entry as Resource), primary: false }
      : entry,
  );
}

/** Neither null nor a list. */
export function isObject(value: Thing): value is Resource {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an entry is the primary one. */
export function isPreferred(entry: Thing): boolean {
  return isObject(entry) && entry.primary === true;
}

/** What Entra ID and others send to take a value away. */
export function isCleared(value: Thing): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** The same JSON, whatever the order of members. */
export function isSame(left: Thing, right: Thing): boolean {
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((each, n) => isSame(each, right[n]));
  if (!isObject(left) || !isObject(right)) return left === right;
  const names = Object.keys({ ...left, ...right });
  return names.every(
    (name) =>
      Object.hasOwn(left, name) && Object.hasOwn(right, name) && isSame(left[name], right[name]),
  );
}

/** Nothing instead of what has nothing in it. */
export function unlessEmpty<Value extends object>(value: Value): Value | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

/** Without the parts that are taken away. */
export function withoutUndefined(parts: Resource): Resource {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}
