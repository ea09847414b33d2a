import { DomainError } from '../kernel/domain-error.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';

/**
 * How a PATCH body is meant (contract/README.md §5): `legacy` merges deeply and appends to lists, `merge` is
 * JSON Merge Patch (RFC 7396).
 */
export type PatchFlavour = 'legacy' | 'merge';

const flavours: Readonly<Record<string, PatchFlavour>> = {
  'application/json': 'legacy',
  'application/merge-patch+json': 'merge',
};

/**
 * Which flavour the `Content-Type` of a PATCH asks for.
 * @throws DomainError invalid, for any other type; it names the ones there are
 */
export function parsePatchFlavour(mediaType: string | undefined): PatchFlavour {
  const type = (mediaType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const flavour = Object.hasOwn(flavours, type) ? flavours[type] : undefined;
  if (flavour !== undefined) return flavour;
  throw new DomainError(
    'invalid',
    `The Content-Type of a PATCH must be one of ${Object.keys(flavours).join(', ')}.`,
  );
}

/**
 * Applies a patch to a document. Neither is changed; the result shares with them what stayed the same.
 * `null` removes the member it is given for; a patch that is no object takes the place of the document.
 */
export function patchDocument(
  flavour: PatchFlavour,
  document: Json | undefined,
  patch: Json,
): Json {
  if (flavour === 'legacy' && isList(patch) && isList(document)) return appended(document, patch);
  if (!isJsonObject(patch)) return patch;
  const members = new Map(Object.entries(isJsonObject(document) ? document : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (unsafeNames.has(name)) continue;
    if (value === null) members.delete(name);
    else members.set(name, patchDocument(flavour, members.get(name), value));
  }
  return Object.fromEntries(members) satisfies JsonObject;
}

/** Assigned to an ordinary object it would change its prototype; no field of the API has that name. */
const unsafeNames: ReadonlySet<string> = new Set(['__proto__']);

/** The same patch sent twice appends once. */
function appended(list: readonly Json[], additions: readonly Json[]): readonly Json[] {
  const present = new Set(list.map(canonicalText));
  const isNew = (item: Json) => {
    const text = canonicalText(item);
    const isAbsent = !present.has(text);
    present.add(text);
    return isAbsent;
  };
  return [...list, ...additions.filter(isNew)];
}

/** Equal JSON has equal text: the order of an object's members means nothing (RFC 8259 §4). */
function canonicalText(value: Json): string {
  return JSON.stringify(value, (_, member: Json) =>
    isJsonObject(member) ? Object.fromEntries(Object.entries(member).sort(byName)) : member,
  );
}

function byName([left]: [string, Json], [right]: [string, Json]): number {
  return left < right ? -1 : Number(left > right);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
