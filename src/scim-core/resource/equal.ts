import { isJsonList, isJsonObject, type Json } from '../json.js';

/**
 * Whether two JSON values say the same; the order of an object's members does not count, a list's
 * does.
 */
export function deepEqual(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (isJsonList(left)) {
    return (
      isJsonList(right) &&
      left.length === right.length &&
      left.every((value, index) => deepEqual(value, right[index]))
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && deepEqual(left[name], right[name]))
  );
}

/**
 * A text that is the same for values that `deepEqual` calls equal: the key for finding one among
 * thousands without comparing each with each.
 */
export function toEqualityKey(value: Json): string {
  if (isJsonList(value)) return `[${value.map(toEqualityKey).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${toEqualityKey(value[name] ?? null)}`);
  return `{${members.join(',')}}`;
}
