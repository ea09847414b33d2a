import { isJsonObject, type JsonObject } from '../../kernel/json.js';

/** How a member of a body becomes the member of a request; what it can not read it leaves for the rules to refuse. */
type MemberReader = (value: unknown) => unknown;

export type MemberReaders = Readonly<Record<string, MemberReader>>;

/** A class whose decorators say the rules, and whose `members` are read as they say; all others are kept as they came. */
export interface RequestClass<Request extends object> {
  new (): Request;
  readonly members?: MemberReaders;
}

/**
 * Makes a request out of a JSON object. Free data is neither copied nor looked into, and a name that means
 * something to every object (`constructor`, `toString`) is no member of a request.
 */
export function instantiate<Request extends object>(
  type: RequestClass<Request>,
  source: JsonObject,
): Request {
  const request = new type();
  const prototype: object = Object.getPrototypeOf(request);
  const readers = new Map(Object.entries(type.members ?? {}));
  for (const [name, given] of Object.entries(source)) {
    if (name in prototype) continue;
    const value = readers.get(name)?.(given) ?? given;
    Object.defineProperty(request, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return request;
}

/** A member that is itself an object with rules. */
export function part(type: RequestClass<object>): MemberReader {
  return (value) => (isJsonObject(value) ? instantiate(type, value) : value);
}

/** A member that is a list of such objects. */
export function parts(type: RequestClass<object>): MemberReader {
  const read = part(type);
  return (value) => (Array.isArray(value) ? value.map(read) : value);
}
