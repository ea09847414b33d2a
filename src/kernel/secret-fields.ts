import { isJsonObject, type Json, type JsonObject } from './json.js';

/**
 * Every field of the contract that holds a secret, by the kind of object and the path inside it. Events of every kind are
 * hidden by this table. A tenant, which keeps the blocks of its JSON below `settings`, has its secrets sealed at rest and
 * left out of answers by it too: one more is one line here, and the next start seals what is stored. The secrets of the
 * other kinds lie in columns of their own and never in the object. Fields are named one by one and never guessed: `data`
 * and members that the contract does not know are the caller's own. Webhooks are listed before the API writes them, so
 * that their events cannot show a secret on the first day either.
 */
const secretFields = {
  tenant: [
    'settings.captchaConfiguration.secretKey',
    'settings.emailConfiguration.password',
    // Free-form: a mail relay or a proxy may take its credential from them.
    'settings.emailConfiguration.additionalHeaders',
    'settings.emailConfiguration.properties',
  ],
  entity: ['clientSecret'],
  'api-key': ['key'],
  key: ['privateKey', 'secret'],
  user: ['password', 'salt', 'twoFactor.recoveryCodes'],
  webhook: ['headers', 'httpAuthenticationPassword'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A kind of object that has secrets. */
export type SecretHolder = keyof typeof secretFields;

/** Values by the path of their field. */
export type ByField<Value> = Readonly<Record<string, Value>>;

/** What stands in the place of a secret where one may know that it is there. */
export const hidden = '[hidden]';

const pathsOf: ReadonlyMap<string, readonly (readonly string[])[]> = new Map(
  Object.entries(secretFields).map(([holder, fields]) => [
    holder,
    fields.map((field) => field.split('.')),
  ]),
);

/** The last names of the secret fields of a kind of object: what a text search for unsealed ones looks for. */
export function secretNames(holder: SecretHolder): readonly string[] {
  return [...new Set(pathsIn(holder).map((path) => path.at(-1) ?? ''))];
}

/** Splits an object into its secrets and the rest. A secret of `null` is in neither: it is the same as none. */
export function takeSecrets(
  holder: SecretHolder,
  object: JsonObject,
): { readonly rest: JsonObject; readonly secrets: ByField<Json> } {
  let rest = object;
  const secrets: [string, Json][] = [];
  for (const path of pathsIn(holder)) {
    const value = valueAt(rest, path);
    if (value === undefined) continue;
    if (value !== null) secrets.push([path.join('.'), value]);
    rest = withValueAt(rest, path, undefined);
  }
  return { rest, secrets: Object.fromEntries(secrets) };
}

/** Puts secrets in their places. One that the object has already stays as it is there. */
export function putSecrets(object: JsonObject, secrets: ByField<Json>): JsonObject {
  return Object.entries(secrets).reduce((whole, [field, value]) => {
    const path = field.split('.');
    const present = valueAt(whole, path);
    return present === undefined || present === null ? withValueAt(whole, path, value) : whole;
  }, object);
}

/** The object with its secrets hidden, for a record that is never rewritten; kinds without secrets stay as they are. */
export function hideSecrets(kind: string, object: Json): Json {
  if (!isJsonObject(object)) return object;
  return pathsIn(kind).reduce<JsonObject>((whole, path) => {
    const value = valueAt(whole, path);
    return value === undefined || value === null ? whole : withValueAt(whole, path, hidden);
  }, object);
}

function pathsIn(kind: string): readonly (readonly string[])[] {
  return pathsOf.get(kind) ?? [];
}

function valueAt(object: Json, path: readonly string[]): Json | undefined {
  const [name, ...below] = path;
  if (name === undefined) return object;
  const member = isJsonObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;
  return member === undefined ? undefined : valueAt(member, below);
}

/** A copy with that value at the path, or without one there. What stands in the way of a path is no object and stays. */
function withValueAt(
  object: JsonObject,
  [name = '', ...below]: readonly string[],
  value: Json | undefined,
): JsonObject {
  if (below.length === 0) {
    const { [name]: _, ...others } = object;
    return value === undefined ? others : { ...object, [name]: value };
  }
  const member = Object.hasOwn(object, name) ? object[name] : undefined;
  if (member !== undefined && member !== null && !isJsonObject(member)) return object;
  return { ...object, [name]: withValueAt(member ?? {}, below, value) };
}
