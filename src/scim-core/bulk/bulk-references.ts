import { isJsonList, isJsonObject, type Json, type JsonObject } from '../json.js';
import { pathBytesMax } from '../path/parse-path.js';
import type { BulkOperation } from './bulk-operation.js';

const prefix = 'bulkId:';

/** The resource that a bulkId is to be replaced by; a name that has none is left as it is. */
type Naming = (bulkId: string) => string | undefined;

/** What has references to the resources of other operations in it. */
type Referring = Pick<BulkOperation, 'id' | 'data' | 'method'>;

/** The bulkId that stands for the resource which the operation's own path names, if one does. */
export function pathReferenceOf({ id }: Pick<BulkOperation, 'id'>): string | undefined {
  return id?.startsWith(prefix) ? id.slice(prefix.length) : undefined;
}

/** The bulkIds that an operation refers to, in its path or in its data, none twice. */
export function referencesOf(operation: Referring): ReadonlySet<string> {
  const found = new Set<string>();
  resolveReferences(operation, (bulkId) => {
    found.add(bulkId);
    return undefined;
  });
  return found;
}

/**
 * The operation with ids in the place of `bulkId:x` (RFC 7644 §3.7.2). A reference is every text of the data that is
 * exactly that or a URI that ends in it, such as a `$ref`; the like in a filter, where one stands in the path of a PATCH
 * or in the name of a member; and the id in the operation's own path. What has no reference in it is not copied.
 */
export function resolveReferences<Operation extends Referring>(
  operation: Operation,
  nameOf: Naming,
): Operation {
  const { id, data, method } = operation;
  const bulkId = pathReferenceOf(operation);
  const newId = bulkId === undefined ? id : (nameOf(bulkId) ?? id);
  const newData = data === undefined ? undefined : resolveValue(data, nameOf, method === 'PATCH');
  return newId === id && newData === data ? operation : { ...operation, id: newId, data: newData };
}

/** The depth of a body is bounded where it is read, and so is the recursion. */
function resolveValue(value: Json, nameOf: Naming, hasPaths: boolean): Json {
  if (typeof value === 'string') return resolveText(value, nameOf);
  if (isJsonList(value)) return resolveList(value, nameOf, hasPaths);
  return isJsonObject(value) ? resolveObject(value, nameOf, hasPaths) : value;
}

function resolveList(list: readonly Json[], nameOf: Naming, hasPaths: boolean): readonly Json[] {
  let changed: Json[] | undefined;
  for (const [index, item] of list.entries()) {
    const resolved = resolveValue(item, nameOf, hasPaths);
    if (resolved === item) continue;
    changed ??= [...list];
    changed[index] = resolved;
  }
  return changed ?? list;
}

function resolveObject(object: JsonObject, nameOf: Naming, hasPaths: boolean): JsonObject {
  let isChanged = false;
  const entries = Object.entries(object).map(([name, value]): readonly [string, Json] => {
    const newName = hasPaths && name.includes('[') ? resolveFilter(name, nameOf) : name;
    const isPath = hasPaths && name.toLowerCase() === 'path' && typeof value === 'string';
    const newValue = isPath ? resolveFilter(value, nameOf) : resolveValue(value, nameOf, hasPaths);
    isChanged ||= newName !== name || newValue !== value;
    return [newName, newValue];
  });
  return isChanged ? Object.fromEntries(entries) : object;
}

function resolveText(text: string, nameOf: Naming): string {
  if (text.startsWith(prefix)) return nameOf(text.slice(prefix.length)) ?? text;
  const end = text.lastIndexOf(`/${prefix}`) + 1;
  if (end === 0 || /\s/.test(text.slice(0, end))) return text;
  const name = nameOf(text.slice(end + prefix.length));
  return name === undefined ? text : text.slice(0, end) + name;
}

/** A path beyond its limit is refused when it is read: there is nothing to resolve in it. */
function resolveFilter(path: string, nameOf: Naming): string {
  if (path.length > pathBytesMax) return path;
  return path.replace(/"(?:[^"\\]|\\.)*"/g, (literal) => {
    const text = findLiteral(literal);
    if (!text?.startsWith(prefix)) return literal;
    const name = nameOf(text.slice(prefix.length));
    return name === undefined ? literal : JSON.stringify(name);
  });
}

/** Texts in a filter are those of JSON (RFC 7644 §3.4.2.2); undefined for a fault, which is told when it is read. */
function findLiteral(literal: string): string | undefined {
  try {
    return JSON.parse(literal);
  } catch {
    return undefined;
  }
}
