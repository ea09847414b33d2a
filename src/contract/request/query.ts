import { isAbsent } from '../../kernel/text.js';
import { requestError } from './request-error.js';

/** A query string as it was taken apart: a repeated name has several values. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

type Fields = Record<string, unknown>;

/** `sortFields[3].name`: lists of objects in a query (contract/README.md §1). */
const elementPattern = /^([A-Za-z]+)\[(\d{1,3})\]\.([A-Za-z]+)$/;

/**
 * The parameters of a query that say something. Clients send the words `undefined` and `null` for what they do
 * not mean (contract/README.md §7), so these and the empty text are no values.
 * @returns elements of `name[0].member` parameters gathered into lists, in the order of their numbers
 * @throws RequestError invalid, for text that can not be stored or compared
 */
export function parseQuery(query: Query): Readonly<Record<string, unknown>> {
  const fields = new Map<string, unknown>();
  const elements = new Map<string, Map<number, Fields>>();
  for (const [name, given] of Object.entries(query)) {
    const value = presentValue(name, given);
    if (value === undefined) continue;
    const [, list, index, member] = elementPattern.exec(name) ?? [];
    if (list === undefined || member === undefined) fields.set(name, value);
    else elementOf(elements, list, Number(index))[member] = value;
  }
  for (const [list, byIndex] of elements) {
    const inOrder = [...byIndex].sort(([left], [right]) => left - right);
    fields.set(
      list,
      inOrder.map(([, element]) => element),
    );
  }
  return Object.fromEntries(fields);
}

/**
 * One text parameter of a query.
 * @throws RequestError invalid, when it is there more than once
 */
export function findText(query: Query, name: string): string | undefined {
  const value = presentValue(name, Object.hasOwn(query, name) ? query[name] : undefined);
  if (Array.isArray(value)) throw requestError(name, 'invalid', `[${name}] must be given once.`);
  return typeof value === 'string' ? value : undefined;
}

function presentValue(
  name: string,
  value: Query[string] | undefined,
): string | string[] | undefined {
  const texts = (typeof value === 'string' ? [value] : (value ?? [])).filter(
    (text) => !isAbsent(text),
  );
  if (texts.some((text) => text.includes('\0'))) {
    throw requestError(name, 'invalid', `[${name}] must not have a NUL character.`);
  }
  return texts.length > 1 ? texts : texts[0];
}

function elementOf(
  elements: Map<string, Map<number, Fields>>,
  list: string,
  index: number,
): Fields {
  const byIndex = elements.get(list) ?? new Map<number, Fields>();
  elements.set(list, byIndex);
  const element = byIndex.get(index) ?? {};
  byIndex.set(index, element);
  return element;
}
