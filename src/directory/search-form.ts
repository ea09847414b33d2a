import { isJsonObject, type Json, type JsonObject, toJsonObject } from '../kernel/json.js';
import { textKey } from '../kernel/text.js';
import { enterpriseUrn, type Profile } from './profile.js';

/**
 * Where case counts: references and encoded bytes (RFC 7643 §2.3.6, §2.3.7) and ids. Names on the way through lists
 * are left out.
 */
const caseExactPaths: ReadonlySet<string> = new Set([
  'profileUrl',
  'photos/value',
  'x509Certificates/value',
  `extensions/${enterpriseUrn}/manager/value`,
  `extensions/${enterpriseUrn}/manager/$ref`,
]);

/**
 * The profile as searches compare it: every text folded where case does not count. Stored beside the profile,
 * because the databases fold letters differently from each other and from us.
 */
export function searchFormOf(profile: Profile): JsonObject {
  return folded(toJsonObject(profile), '');
}

function folded(object: JsonObject, path: string): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name,
      foldedValue(value, path === '' ? name : `${path}/${name}`),
    ]),
  );
}

function foldedValue(value: Json, path: string): Json {
  if (typeof value === 'string') return caseExactPaths.has(path) ? value : textKey(value);
  if (isJsonObject(value)) return folded(value, path);
  if (Array.isArray(value)) return value.map((item: Json) => foldedValue(item, path));
  return value;
}
