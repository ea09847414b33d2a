import { factsOf, holds, type ReferenceFilter } from './patch-filter.js';
import { type Attribute, findIn, type Resource, type Thing } from './patch-tables.js';
import {
  Refusal,
  addEntry,
  eachOnce,
  isCleared,
  isObject,
  isPreferred,
  isSame,
  lenientEntraBoolean,
  onePrimary,
  read,
  readParts,
  setParts,
  unlessEmpty,
  withoutUndefined,
} from './patch-values.js';

/** An attribute, or a part of one, that a path was found to mean. */
export interface Found {
  readonly name: string;
  readonly attribute: Attribute;
  readonly partName: string | undefined;
  readonly part: Attribute | undefined;
}

/** What an operation makes of the value of one attribute. */
export class Change {
  constructor(
    private readonly op: 'add' | 'remove' | 'replace',
    private readonly found: Found,
    private readonly filter: ReferenceFilter | undefined,
    private readonly value: Thing,
    private readonly isNamed: boolean,
  ) {}

  /** Whether the operation says which entry is the primary one. */
  namesPrimary(): boolean {
    const { attribute, partName, part } = this.found;
    if (this.op === 'remove' || !attribute.many) return false;
    if (part) return partName === 'primary' && lenientEntraBoolean(this.value) === true;
    const entries = Array.isArray(this.value) ? (this.value as Thing[]) : [this.value];
    return entries.some(
      (entry) => isObject(entry) && lenientEntraBoolean(findOwn(entry, 'primary')) === true,
    );
  }

  of(before: Thing): Thing {
    const { attribute } = this.found;
    if (attribute.isFixed) return this.keepFixed(before);
    this.refuseNothing();
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

  /** What can do nothing is refused, and so is what would empty a list by mistake. */
  private refuseNothing(): void {
    const { attribute, part } = this.found;
    if (this.op === 'remove' || part || attribute.kind !== 'complex') return;
    const isText = attribute.many && this.op === 'add' && this.value === '';
    const items = Array.isArray(this.value) ? (this.value as Thing[]) : [this.value];
    if (isText || items.some((item) => isStrange(attribute, item)))
      throw new Refusal('invalidValue');
  }

  private single(before: Thing): Thing {
    const { attribute, part } = this.found;
    if (attribute.kind !== 'complex') return this.plain(before);
    const entry = (before ?? {}) as Resource;
    const isMet = !this.filter || (before !== undefined && holds(this.filter, entry, attribute));
    if (!isMet && this.op === 'remove') return before;
    if (!isMet && before !== undefined) throw new Refusal('noTarget');
    const start = isMet ? entry : this.lenientEntraMissing();
    if (!isMet && isCleared(this.value)) return undefined;
    if (!this.filter && !part) this.refuseOther(before, attribute);
    const after = unlessEmpty(this.entry(start) ?? {});
    if (!isMet && after && this.filter && !holds(this.filter, after, attribute))
      throw new Refusal('noTarget');
    return after;
  }

  private plain(before: Thing): Thing {
    const { attribute } = this.found;
    this.refuseOther(before, attribute);
    const after = this.op === 'remove' ? undefined : read(attribute, this.value);
    if (after !== undefined || attribute.initially === undefined) return after;
    if (before === undefined || before === attribute.initially) return before;
    throw new Refusal('invalidValue');
  }

  /** A value beside a remove is the one that is to go, not another. */
  private refuseOther(before: Thing, attribute: Attribute): void {
    if (this.op !== 'remove' || this.value === undefined || isCleared(this.value)) return;
    const isSameOne =
      attribute.kind === 'complex'
        ? isMeantByParts(before, readParts(attribute, this.value))
        : isSame(before, read(attribute, this.value));
    if (before !== undefined && !isSameOne) throw new Refusal('invalidValue');
  }

  /** §3.5.2.1: add keeps what is there; §3.5.2.3: replace of a list replaces it, of chosen entries each of these. */
  private list(before: readonly Thing[]): Thing[] {
    const after = this.filter
      ? this.chosen(before)
      : this.found.part
        ? this.every(before)
        : this.whole(before);
    return onePrimary(before, eachOnce(after), this.isNamed);
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
    const { part, partName } = this.found;
    if (this.op === 'remove' && this.value !== undefined && !isCleared(this.value)) {
      const wanted = part && read(part, this.value);
      const has = (entry: Thing) => (entry as Resource)[partName ?? ''] !== undefined;
      const isMeant = (entry: Thing) => isSame((entry as Resource)[partName ?? ''], wanted);
      if (before.some(has) && !before.some(isMeant)) throw new Refusal('invalidValue');
      return before
        .map((entry) => (isMeant(entry) ? this.entry(entry as Resource) : entry))
        .filter((entry) => entry !== undefined);
    }
    const entries = before.length === 0 && this.op !== 'remove' ? [{}] : before;
    const after = entries
      .map((entry) => this.entry(entry as Resource))
      .filter((entry) => entry !== undefined);
    if (eachOnce(after).filter(isPreferred).length > 1) throw new Refusal('invalidValue');
    return after;
  }

  private chosen(before: readonly Thing[]): Thing[] {
    const isMet = before.map(
      (entry) => this.filter && holds(this.filter, entry as Resource, this.found.attribute),
    );
    if (isMet.includes(true)) {
      const after = before.map((entry, index) =>
        isMet[index] ? this.chosenEntry(entry as Resource) : entry,
      );
      const changed = after.filter((entry, index) => isMet[index] && entry !== undefined);
      if (eachOnce(changed).filter(isPreferred).length > 1) throw new Refusal('invalidValue');
      return after.filter((entry) => entry !== undefined);
    }
    if (this.op === 'remove') return [...before];
    if (this.op === 'replace' && !this.found.part) throw new Refusal('noTarget');
    const made = this.lenientEntraMake();
    return made ? [...before, made] : [...before];
  }

  private chosenEntry(entry: Resource): Resource | undefined {
    const { part } = this.found;
    if (part || this.op === 'remove') return this.entry(entry);
    const after = this.op === 'add' ? this.entry(entry) : this.replaced(entry);
    const isLost = after && entry.value !== undefined && after.value === undefined;
    if (isLost) throw new Refusal('invalidValue');
    return after;
  }

  private replaced(entry: Resource): Resource | undefined {
    const { attribute } = this.found;
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
      if (!attribute.many && !this.filter) this.refuseOther(before[partName], part);
      const after = this.op === 'remove' ? undefined : read(part, this.value);
      const next = setParts(before, { [partName]: after }, attribute);
      const isEmptied = partName === 'value' && after === undefined && before.value !== undefined;
      return isEmptied && attribute.many ? undefined : unlessEmpty(next);
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
    const made = unlessEmpty(setParts(start, parts, attribute));
    if (made && this.filter && !holds(this.filter, made, attribute)) throw new Refusal('noTarget');
    return made;
  }

  /** What the filter demands of a missing entry, if it says so plainly. */
  private lenientEntraMissing(): Resource {
    const facts = this.filter && factsOf(this.filter);
    if (!facts) throw new Refusal('noTarget');
    return withoutUndefined(readParts(this.found.attribute, facts));
  }
}

/** Entra ID and authentik remove a list of values, and mean these only; what names none of them is refused. */
function lenientEntraRemoveListed(
  before: readonly Thing[],
  value: Thing,
  attribute: Attribute,
): Thing[] {
  const items = Array.isArray(value) ? (value as Thing[]) : [value];
  const listed = items.map((item) => {
    const [entry] = Array.isArray(item) ? [] : ((read(attribute, item) ?? []) as Resource[]);
    if (!entry) throw new Refusal('invalidValue');
    return entry;
  });
  for (const entry of listed) {
    const says = attribute.parts?.value
      ? entry.value !== undefined
      : Object.keys(entry).some((name) => name !== 'type' && name !== 'primary');
    if (!says && !before.some((each) => isSame(each, entry))) throw new Refusal('invalidValue');
  }
  return before.filter((entry) => !listed.some((each) => isMeant(entry as Resource, each)));
}

/** Whether an object has no name that its attribute has: it says nothing. */
export function isStrange(attribute: Attribute, value: Thing): boolean {
  if (attribute.kind !== 'complex' || !isObject(value)) return false;
  return !Object.keys(value).some((name) => findIn(attribute.parts ?? {}, name));
}

/** A complex value is known by its value, else by all that is said of it. */
function isMeantByParts(before: Thing, parts: Resource): boolean {
  const entry = isObject(before) ? before : {};
  const names = 'value' in parts ? ['value'] : Object.keys(parts);
  return names.length > 0 && names.every((name) => isSame(entry[name], parts[name]));
}

function findOwn(object: Resource, name: string): Thing {
  if (Object.hasOwn(object, name)) return object[name];
  const key = Object.keys(object).find((each) => each.toLowerCase() === name);
  return key === undefined ? undefined : object[key];
}

function isMeant(entry: Resource, listed: Resource): boolean {
  if (entry.value === undefined || listed.value === undefined) return isSame(entry, listed);
  return entry.value === listed.value && (listed.type === undefined || listed.type === entry.type);
}
