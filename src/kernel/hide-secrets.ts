import { isJsonObject, type Json } from './json.js';

/** Names under which settings hold what nobody must read later: `password`, `smtpPassword`, `clientSecret`, … */
const secretName = /(password|secret|token|privatekey|apikey)$/i;

/** The same JSON with the texts under such names blanked, for a record that is never rewritten. */
export function hideSecrets(value: Json): Json {
  if (isList(value)) return value.map(hideSecrets);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      typeof member === 'string' && secretName.test(name) ? '[hidden]' : hideSecrets(member),
    ]),
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
