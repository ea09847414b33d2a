import { isJsonObject, type Json } from '../json.js';
import { toEqualityKey } from '../resource/equal.js';

/**
 * Finds the entry of a multi-valued attribute that an added one repeats: the same `value` and
 * `type`, where one of both may lack its type; without a `value`, as in an address, an entry equal
 * in all. By key and not by comparing each with each, because a stranger may send two long lists.
 */
export class EntryIndex {
  private readonly places = new Map<string, number>();

  constructor(entries: readonly Json[]) {
    entries.forEach((entry, index) => this.note(entry, index));
  }

  find(entry: Json): number | undefined {
    const keys = toKeys(entry);
    const place = this.places.get(keys.exact);
    if (place !== undefined) return place;
    const looser = keys.isTyped ? keys.untyped : keys.any;
    return looser === undefined ? undefined : this.places.get(looser);
  }

  note(entry: Json, index: number): void {
    const { exact, any } = toKeys(entry);
    if (!this.places.has(exact)) this.places.set(exact, index);
    if (any !== undefined && !this.places.has(any)) this.places.set(any, index);
  }

  /**
   * An entry took on parts of an added one; once it has a type, it is no longer found as one
   * without.
   */
  renote(before: Json, after: Json, index: number): void {
    const { exact } = toKeys(before);
    if (this.places.get(exact) === index) this.places.delete(exact);
    this.note(after, index);
  }
}

interface EntryKeys {
  readonly exact: string;
  readonly isTyped: boolean;
  readonly untyped?: string;
  readonly any?: string;
}

function toKeys(entry: Json): EntryKeys {
  if (!isJsonObject(entry) || !Object.hasOwn(entry, 'value')) {
    return { exact: toEqualityKey(entry), isTyped: false };
  }
  const { value = null, type } = entry;
  const untyped = toEqualityKey([value, null]);
  return {
    exact: type === undefined ? untyped : toEqualityKey([value, type]),
    isTyped: type !== undefined,
    untyped,
    any: toEqualityKey([value]),
  };
}
