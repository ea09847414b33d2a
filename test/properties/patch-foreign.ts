import { isSame, harmless, isCleared, isObject, lenientSdkOne, Refusal } from './patch-values.js';
import type { Resource, Thing } from './patch-tables.js';

type Op = 'add' | 'remove' | 'replace';

/** What is meant under an unknown schema: all of it, or `name` or `name.part` in it. */
interface Place {
  readonly urn: string;
  readonly name?: string;
  readonly part?: string | undefined;
}

/** One operation on the objects of unknown schemas; whether a name is one of theirs, the caller knows. */
export class Foreign {
  constructor(
    private readonly resource: Resource,
    private readonly isForeign: (name: string) => boolean,
    private readonly op: Op,
  ) {}

  /** @throws Refusal invalidPath, unless it is a member of a value, which is then passed over */
  change(text: string, value: Thing, isMember: boolean): void {
    const place = this.place(text, value);
    const given = lenientSdkOne(value);
    if (place.name !== undefined) return this.changeName(place.urn, place.name, place.part, value);
    if (this.op === 'remove') removed(this.resource[place.urn], given);
    if (this.op === 'remove' || isCleared(given)) {
      delete this.resource[place.urn];
    } else if (isObject(given)) {
      for (const [name, member] of Object.entries(harmless(given) as Resource))
        this.changeName(place.urn, spelled(this.blockOf(place.urn), name), undefined, member);
    } else if (!isMember) throw new Refusal('invalidPath');
  }

  /** The longest stored URN that the text begins with; else all up to the last colon, or the whole. */
  private place(text: string, value: Thing): Place {
    const stored = Object.keys(this.resource)
      .filter((name) => this.isForeign(name))
      .sort((left, right) => right.length - left.length)
      .flatMap((urn): Place[] => {
        if (text.toLowerCase() === urn.toLowerCase()) return [{ urn }];
        const isBelow = text.toLowerCase().startsWith(`${urn.toLowerCase()}:`);
        const rest = isBelow ? nameAndPart(text.slice(urn.length + 1)) : undefined;
        return rest ? [{ urn, ...rest }] : [];
      });
    if (stored[0]) return stored[0];
    const colon = text.lastIndexOf(':');
    const urn = text.slice(0, colon);
    const rest = nameAndPart(text.slice(colon + 1));
    const isWhole =
      this.op !== 'remove' && isObject(lenientSdkOne(value)) && !/:[\d.]*\d:[^:]+$/.test(urn);
    return rest && urn.includes(':') && !isWhole ? { urn, ...rest } : { urn: text };
  }

  private blockOf(urn: string): Resource {
    return (this.resource[urn] as Resource | undefined) ?? {};
  }

  private changeName(urn: string, given: string, part: string | undefined, value: Thing): void {
    const block = { ...(this.resource[urn] as Resource | undefined) };
    const name = spelled(block, given);
    const after =
      part === undefined
        ? this.changed(block[name], value)
        : this.changedPart(block[name], part, value);
    if (after === undefined) delete block[name];
    else block[name] = after;
    if (Object.keys(block).length === 0) delete this.resource[urn];
    else this.resource[urn] = block;
  }

  private changedPart(before: Thing, given: string, value: Thing): Thing {
    if (before === undefined && (this.op === 'remove' || isCleared(value))) return undefined;
    if (before !== undefined && !isObject(before)) throw new Refusal('invalidPath');
    const object = { ...before };
    const part = spelled(object, given);
    const after = this.changed(object[part], value);
    delete object[part];
    if (after !== undefined) object[part] = after;
    return Object.keys(object).length === 0 ? undefined : object;
  }

  private changed(before: Thing, given: Thing): Thing {
    const value = given === undefined ? undefined : harmless(given);
    if (this.op === 'remove') return removed(before, value);
    const items = Array.isArray(value) ? (value as Thing[]) : [value];
    if (this.op === 'add' && Array.isArray(before)) {
      const fresh = value === null || value === '' ? [] : items;
      return fresh.reduce<Thing[]>(
        (list, item) => (list.some((each) => isSame(each, item)) ? list : [...list, item]),
        [...(before as Thing[])],
      );
    }
    const one = Array.isArray(before) || before === undefined ? value : lenientSdkOne(value);
    if (isCleared(one)) return undefined;
    return this.op === 'add' && isObject(before) && isObject(one) ? { ...before, ...one } : one;
  }
}

/** What is left when a value is removed; @throws Refusal for another value than the one that is there. */
export function removed(before: Thing, value: Thing): Thing {
  if (before === undefined || value === undefined || value === null) return undefined;
  if (Array.isArray(before)) {
    const listed = Array.isArray(value) ? (value as Thing[]) : [value];
    const left = (before as Thing[]).filter((item) => !listed.some((each) => isSame(each, item)));
    return left.length === 0 ? undefined : left;
  }
  const one = lenientSdkOne(value);
  if (isCleared(one) || isSame(before, one)) return undefined;
  throw new Refusal('invalidValue');
}

function nameAndPart(text: string): { name: string; part: string | undefined } | undefined {
  const found = /^(\$?[a-z][\w-]*)(?:\.(\$?[a-z][\w-]*))?$/i.exec(text);
  return found?.[1] === undefined ? undefined : { name: found[1], part: found[2] };
}

function spelled(object: Resource, name: string): string {
  const same = (other: string) => other.toLowerCase() === name.toLowerCase();
  return Object.hasOwn(object, name) ? name : (Object.keys(object).find(same) ?? name);
}
