import { type Attribute, findIn, type Resource } from './patch-tables.js';
import { lenientEntraBoolean, Refusal } from './patch-values.js';

/** What stands in the brackets of a path, over the parts of one entry. */
export type ReferenceFilter =
  | { readonly op: 'and'; readonly inner: readonly ReferenceFilter[] }
  | { readonly op: 'or'; readonly inner: readonly ReferenceFilter[] }
  | { readonly op: 'not'; readonly inner: ReferenceFilter }
  | ReferenceComparison;

/** One part of an entry, compared. */
interface ReferenceComparison {
  readonly op: 'eq' | 'sw' | 'pr';
  readonly part: string;
  readonly value: string | boolean;
}

/** @throws Refusal, for a part that there is not, or a value that does not fit it */
export function checkFilter(filter: ReferenceFilter, attribute: Attribute): void {
  if (attribute.kind !== 'complex') throw new Refusal('invalidPath');
  if (filter.op === 'and' || filter.op === 'or')
    return filter.inner.forEach((each) => checkFilter(each, attribute));
  if (filter.op === 'not') return checkFilter(filter.inner, attribute);
  const found = findIn(attribute.parts ?? {}, filter.part);
  if (!found) throw new Refusal('invalidFilter');
  if (filter.op === 'pr') return;
  const isFlag = found.attribute.kind === 'flag';
  if (isFlag && (filter.op !== 'eq' || typeof lenientEntraBoolean(filter.value) !== 'boolean'))
    throw new Refusal('invalidFilter');
  if (!isFlag && typeof filter.value !== 'string') throw new Refusal('invalidFilter');
  if (found.attribute.kind !== 'instant') return;
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(String(filter.value));
  if (filter.op !== 'eq' || !isInstant) throw new Refusal('invalidFilter');
}

/** Whether an entry meets a filter: what is not there is compared with nothing. */
export function holds(filter: ReferenceFilter, entry: Resource, attribute: Attribute): boolean {
  if (filter.op === 'and') return filter.inner.every((each) => holds(each, entry, attribute));
  if (filter.op === 'or') return filter.inner.some((each) => holds(each, entry, attribute));
  if (filter.op === 'not') return !holds(filter.inner, entry, attribute);
  const found = findIn(attribute.parts ?? {}, filter.part);
  const actual = found && entry[found.name];
  if (actual === undefined) return false;
  if (filter.op === 'pr') return true;
  if (typeof actual !== 'string') return actual === lenientEntraBoolean(filter.value);
  const wanted = String(filter.value);
  if (found?.attribute.isCaseExact)
    return filter.op === 'eq' ? actual === wanted : actual.startsWith(wanted);
  const whole = foldedText(actual).trim();
  return filter.op === 'eq'
    ? whole === foldedText(wanted).trim()
    : whole.startsWith(foldedText(wanted));
}

/** Full folding: case, composition, what nobody sees, and the length of white space count for nothing. */
function foldedText(given: string): string {
  const visible = given.normalize('NFKD').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  const lowered = visible.normalize('NFKD').toLowerCase().toUpperCase().toLowerCase();
  return lowered
    .replace(/ς/g, 'σ')
    .normalize('NFKC')
    .replace(/\p{White_Space}+/gu, ' ');
}

/** What an entry must have to meet a filter, if the filter says so plainly. */
export function factsOf(filter: ReferenceFilter): Resource | undefined {
  if (filter.op === 'eq') return { [filter.part]: filter.value };
  if (filter.op !== 'and') return undefined;
  const facts = filter.inner.map(factsOf);
  return facts.includes(undefined) ? undefined : Object.assign({}, ...facts);
}
