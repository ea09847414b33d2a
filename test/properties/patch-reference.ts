/**
 * PATCH by the letter of RFC 7644 §3.5.2, as plainly as it can be written, to hold the product against. It shares no
 * line with it, not even the schemas: what attributes there are stands in `patch-tables.ts`. Where the product does for
 * a client what the RFC does not say, the exception is a function of its own, named `lenient…` after the client.
 */
import { checkFilter, factsOf, holds, type ReferenceFilter } from './patch-filter.js';
import {
  type Attribute,
  findIn,
  type ReferenceKind,
  type Resource,
  schemasOf,
  tables,
  type Thing,
} from './patch-tables.js';
import {
  Refusal,
  addEntry,
  harmless,
  isCleared,
  isObject,
  isPreferred,
  isReserved,
  isSame,
  lenientOneLoginLabels,
  onePrimary,
  read,
  readParts,
  setParts,
  unlessEmpty,
  withoutUndefined,
} from './patch-values.js';

/** One operation whose path, if it has one, is taken apart already. */
export interface ReferenceOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: ReferencePath | 'malformed' | undefined;
  readonly value: Thing;
}

/** `urn:attribute[filter].part`, each but the attribute optional; `urn` alone means the whole schema. */
export interface ReferencePath {
  readonly urn?: string;
  readonly attribute?: string;
  readonly filter?: ReferenceFilter;
  readonly part?: string;
}

/** @throws Refusal, for the first operation that can not be done; the resource itself is never touched */
export function referencePatch(
  resource: Readonly<Resource>,
  operations: readonly ReferenceOperation[],
  kind: ReferenceKind,
): Resource {
  const copy = structuredClone(resource);
  for (const operation of operations) checkForm(operation);
  for (const operation of operations) new Step(copy, kind, operation.op).run(operation);
  nameSchemas(copy, kind);
  return copy;
}

/** What can be told before anything is looked at (§3.5.2). */
function checkForm({ op, path, value }: ReferenceOperation): void {
  if (path === 'malformed') throw new Refusal('invalidPath');
  if (op === 'remove' && !path) throw new Refusal('noTarget');
  if (op !== 'remove' && value === undefined) throw new Refusal('invalidValue');
  if (!path && !isObject(value)) throw new Refusal('invalidValue');
}

/** `schemas` names the extensions that there are values of, and no longer one whose last value went (RFC 7643 §3). */
function nameSchemas(resource: Resource, kind: ReferenceKind): void {
  const isBlock = (urn: string) => resource[urn] !== undefined;
  const declared = (resource.schemas as string[]).filter(
    (urn) => urn === schemasOf[kind][0] || isBlock(urn),
  );
  const more = Object.keys(resource).filter(
    (name) => name.includes(':') && !declared.includes(name),
  );
  resource.schemas = [...declared, ...more];
}

/** One operation on the copy. */
class Step {
  constructor(
    private readonly resource: Resource,
    private readonly kind: ReferenceKind,
    private readonly op: ReferenceOperation['op'],
  ) {}

  run({ path, value }: ReferenceOperation): void {
    if (path === 'malformed') return;
    if (!path) return this.eachMember(value as Resource, schemasOf[this.kind][0], false);
    const urn = path.urn === undefined ? schemasOf[this.kind][0] : this.findUrn(path.urn);
    if (urn === undefined) return this.foreign(path, value);
    if (path.attribute === undefined) return this.wholeSchema(urn, value);
    this.oneAttribute(urn, path, value);
  }

  private findUrn(given: string): string | undefined {
    return schemasOf[this.kind].find((urn) => urn.toLowerCase() === given.toLowerCase());
  }

  /** No path: the value holds attributes, each of which is changed as if it were named (§3.5.2.1, §3.5.2.3). */
  private eachMember(members: Resource, urn: string, isInSchema: boolean): void {
    for (const [name, value] of Object.entries(members)) {
      if (isInSchema && name.includes(':')) continue;
      if (this.isForeign(name)) {
        this.keepForeign(name, value);
        continue;
      }
      const path = lenientEntraMemberNames(name, urn, (given) => this.findUrn(given));
      if (!path) continue;
      if (path.attribute === undefined) this.wholeSchema(path.urn ?? urn, value);
      else if (!this.lenientOktaOwnReadOnly(path, urn, value))
        this.oneAttribute(path.urn ?? urn, path, value, true);
    }
  }

  /** Okta and authentik send a resource's id, meta and schemas back in a pathless value: they are passed over. */
  private lenientOktaOwnReadOnly(path: ReferencePath, urn: string, value: Thing): boolean {
    const found = this.find(path.urn ?? urn, path);
    if (!found) return true;
    if (!found.attribute.isFixed) return found.part?.isFixed ?? false;
    if (found.attribute.isIdentity && this.resource[found.name] !== value)
      throw new Refusal('mutability');
    return true;
  }

  private wholeSchema(urn: string, value: Thing): void {
    if (this.op !== 'remove' && isObject(value)) return this.eachMember(value, urn, true);
    if (this.op !== 'remove' && value !== null && value !== '') throw new Refusal('invalidValue');
    if (urn === schemasOf[this.kind][0]) throw new Refusal('mutability');
    delete this.resource[urn];
  }

  /** An object of a schema that nobody here knows is kept as it is; what is inside it has no paths. */
  private foreign(path: ReferencePath, value: Thing): void {
    const urn = [path.urn, path.attribute].filter((each) => each !== undefined).join(':');
    const isFit =
      this.op === 'remove' ? this.resource[this.spelled(urn)] !== undefined : isObject(value);
    if (path.filter || path.part !== undefined || !this.isForeign(urn) || !isFit)
      throw new Refusal('invalidPath');
    this.keepForeign(urn, value);
  }

  private isForeign(name: string): boolean {
    const isUri = name.includes(':') && /^[a-z][!-~]*$/i.test(name);
    if (!isUri || name.split(/[:./#]/).some(isReserved)) return false;
    const lower = `${name.toLowerCase()}:`;
    return schemasOf[this.kind].every((urn) => !lower.startsWith(`${urn.toLowerCase()}:`));
  }

  /** URNs are equal but for case, and keep the spelling that they came in. */
  private spelled(urn: string): string {
    return (
      Object.keys(this.resource).find((name) => name.toLowerCase() === urn.toLowerCase()) ?? urn
    );
  }

  private keepForeign(given: string, value: Thing): void {
    const urn = this.spelled(given);
    if (this.op === 'remove' || value === null || value === '') delete this.resource[urn];
    if (this.op === 'remove' || !isObject(value)) return;
    const before = this.op === 'add' ? (this.resource[urn] as Resource | undefined) : {};
    this.resource[urn] = { ...before, ...(harmless(value) as Resource) };
  }

  private find(urn: string, path: ReferencePath) {
    const found = findIn(tables[urn] ?? {}, path.attribute ?? '');
    if (!found || path.part === undefined)
      return found && { ...found, part: undefined, partName: undefined };
    const part = findIn(found.attribute.parts ?? {}, path.part);
    return part && { ...found, part: part.attribute, partName: part.name };
  }

  private oneAttribute(urn: string, path: ReferencePath, value: Thing, isMember = false): void {
    const found = this.find(urn, path);
    if (!found) {
      if (isMember) return;
      throw new Refusal('invalidPath');
    }
    if (path.filter) checkFilter(path.filter, found.attribute);
    const isCore = urn === schemasOf[this.kind][0];
    const block = isCore ? this.resource : structuredClone((this.resource[urn] ?? {}) as Resource);
    const after = new Change(this.op, found, path.filter, value).of(block[found.name]);
    if (after === undefined) delete block[found.name];
    else block[found.name] = after;
    if (isCore) return;
    if (Object.keys(block).length > 0) this.resource[urn] = block;
    else delete this.resource[urn];
  }
}

interface Found {
  readonly name: string;
  readonly attribute: Attribute;
  readonly partName: string | undefined;
  readonly part: Attribute | undefined;
}

/** What an operation makes of the value of one attribute. */
class Change {
  constructor(
    private readonly op: ReferenceOperation['op'],
    private readonly found: Found,
    private readonly filter: ReferenceFilter | undefined,
    private readonly value: Thing,
  ) {}

  of(before: Thing): Thing {
    const { attribute } = this.found;
    if (attribute.isFixed) return this.keepFixed(before);
    const after = attribute.many
      ? unlessEmpty(this.list((before as Thing[] | undefined) ?? []))
      : this.single(before);
    if (after === undefined && attribute.isNeeded)
      throw new Refusal(this.op === 'remove' ? 'mutability' : 'invalidValue');
    return after;
  }

  /** Nobody writes what is readOnly; to say what it is already is not to write it. */
  private keepFixed(before: Thing): Thing {
    const { partName } = this.found;
    const current =
      partName === undefined ? before : isObject(before) ? before[partName] : undefined;
    if (this.op !== 'remove' && !this.filter && isSame(current, this.value)) return before;
    throw new Refusal('mutability');
  }

  private single(before: Thing): Thing {
    const { attribute } = this.found;
    if (attribute.kind !== 'complex')
      return this.op === 'remove' ? undefined : read(attribute, this.value);
    const entry = (before ?? {}) as Resource;
    const isMet = !this.filter || (before !== undefined && holds(this.filter, entry, attribute));
    if (!isMet && this.op === 'remove') return before;
    if (!isMet && before !== undefined) throw new Refusal('noTarget');
    const start = isMet ? entry : this.lenientEntraMissing();
    return unlessEmpty(this.entry(start) ?? {});
  }

  /** §3.5.2.1: add keeps what is there; §3.5.2.3: replace of a list replaces it, of chosen entries each of these. */
  private list(before: readonly Thing[]): Thing[] {
    const after = this.filter
      ? this.chosen(before)
      : this.found.part
        ? this.every(before)
        : this.whole(before);
    return onePrimary(before, after);
  }

  private whole(before: readonly Thing[]): Thing[] {
    const { attribute } = this.found;
    if (this.op === 'remove') {
      if (this.value === undefined || this.value === null) return [];
      return lenientEntraRemoveListed(before, this.value, attribute);
    }
    const given = (read(attribute, this.value) ?? []) as Thing[];
    if (this.op === 'replace') return given;
    return given.reduce<Thing[]>(
      (entries, entry) => addEntry(entries, entry, attribute),
      [...before],
    );
  }

  private every(before: readonly Thing[]): Thing[] {
    const entries = before.length === 0 && this.op !== 'remove' ? [{}] : before;
    const after = entries
      .map((entry) => this.entry(entry as Resource))
      .filter((entry) => entry !== undefined);
    if (after.filter(isPreferred).length > 1) throw new Refusal('invalidValue');
    return after;
  }

  private chosen(before: readonly Thing[]): Thing[] {
    const isMet = before.map(
      (entry) => this.filter && holds(this.filter, entry as Resource, this.found.attribute),
    );
    if (isMet.includes(true)) {
      return before
        .map((entry, index) => (isMet[index] ? this.chosenEntry(entry as Resource) : entry))
        .filter((entry) => entry !== undefined);
    }
    if (this.op === 'remove') return [...before];
    if (this.op === 'replace' && !this.found.part) throw new Refusal('noTarget');
    const made = this.lenientEntraMake();
    return made ? [...before, made] : [...before];
  }

  private chosenEntry(entry: Resource): Resource | undefined {
    const { attribute, part } = this.found;
    if (part || this.op !== 'replace') return this.entry(entry);
    const read1 = read({ ...attribute, many: true }, this.value) as Resource[] | undefined;
    if (read1 === undefined) return undefined;
    const [next, ...others] = read1;
    if (!next || others.length > 0) throw new Refusal('invalidValue');
    for (const [name, { isOnce }] of Object.entries(attribute.parts ?? {})) {
      if (isOnce && entry[name] !== undefined && !isSame(entry[name], next[name]))
        throw new Refusal('mutability');
    }
    return isSame(entry, next) ? entry : next;
  }

  /** One entry with the named parts changed; undefined when nothing is left of it. */
  private entry(before: Resource): Resource | undefined {
    const { attribute, part, partName } = this.found;
    if (part && partName !== undefined) {
      if (part.isFixed) {
        if (this.op !== 'remove' && isSame(before[partName], this.value)) return before;
        throw new Refusal('mutability');
      }
      const after = this.op === 'remove' ? undefined : read(part, this.value);
      const next = setParts(before, { [partName]: after }, attribute);
      const isEmptied = partName === 'value' && after === undefined && before.value !== undefined;
      return isEmptied && lenientOneLoginLabels(next, attribute) ? undefined : unlessEmpty(next);
    }
    if (this.op === 'remove' || (!attribute.many && isCleared(this.value))) return undefined;
    return unlessEmpty(setParts(before, readParts(attribute, this.value), attribute));
  }

  /** Entra ID writes to `emails[type eq "work"].value` where there is no such entry, and expects it to be made. */
  private lenientEntraMake(): Resource | undefined {
    const { attribute, part, partName } = this.found;
    const start = this.lenientEntraMissing();
    if (part?.isFixed) return this.entry({});
    const given = partName === undefined ? this.value : { [partName]: this.value };
    const parts = readParts(attribute, given);
    if (Object.values(parts).every((each) => each === undefined)) return undefined;
    return unlessEmpty(setParts(start, parts, attribute));
  }

  /** What the filter demands of a missing entry, if it says so plainly. */
  private lenientEntraMissing(): Resource {
    const facts = this.filter && factsOf(this.filter);
    if (!facts) throw new Refusal('noTarget');
    return withoutUndefined(readParts(this.found.attribute, facts));
  }
}

/** Names in a pathless value may be paths: `name.givenName`, `urn:…:User:department`. */
function lenientEntraMemberNames(
  name: string,
  urn: string,
  findUrn: (given: string) => string | undefined,
): ReferencePath | undefined {
  const whole = findUrn(name);
  if (whole !== undefined) return { urn: whole };
  const colon = name.lastIndexOf(':');
  const own = colon < 0 ? urn : findUrn(name.slice(0, colon));
  if (own === undefined) return undefined;
  const [attribute = '', part, ...rest] = name.slice(colon + 1).split('.');
  if (rest.length > 0 || !/^\$?[a-z]/i.test(attribute)) return undefined;
  return part === undefined ? { urn: own, attribute } : { urn: own, attribute, part };
}

/** Entra ID and authentik remove a list of values, and mean these only. */
function lenientEntraRemoveListed(
  before: readonly Thing[],
  value: Thing,
  attribute: Attribute,
): Thing[] {
  const listed = (Array.isArray(value) ? value : [value]).flatMap(
    (item) => (read(attribute, item) ?? []) as Resource[],
  );
  return before.filter((entry) => !listed.some((each) => isMeant(entry as Resource, each)));
}

function isMeant(entry: Resource, listed: Resource): boolean {
  if (entry.value === undefined || listed.value === undefined) return isSame(entry, listed);
  return entry.value === listed.value && (listed.type === undefined || listed.type === entry.type);
}
