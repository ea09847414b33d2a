import { findAttributePath, isAttributeName, type AttributePath } from '../path/attribute-path.js';
import { quoted, type ScimError } from '../scim-error.js';
import type { CompareOperator, Filter, FilterValue } from './filter.js';
import { filterFault, FilterLexer, type Token } from './filter-lexer.js';

/** Limits on a stranger's text: parentheses, brackets and `not` each go one level deeper. */
export const filterDepthMax = 20;
export const filterComparisonsMax = 64;
export const filterBytesMax = 4096;

const compareOperators: ReadonlyMap<string, CompareOperator> = new Map(
  (['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const).map((name) => [name, name]),
);

/** JSON's numbers (RFC 8259 §6): no leading zero, no bare point, no empty exponent. */
const numberPattern = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/**
 * Where in the grammar we are: brackets do not nest (RFC 7644 figure 1), all else does to a depth.
 */
interface Place {
  readonly depth: number;
  readonly isInBrackets: boolean;
}

/**
 * Recursive descent over the grammar of RFC 7644 §3.4.2.2; `or` binds least, then `and`, then
 * `not`.
 */
export class FilterParser {
  private readonly lexer: FilterLexer;
  private comparisons = 0;

  constructor(source: string, start = 0) {
    this.lexer = new FilterLexer(source, start);
  }

  /** Reads to the end of the text. */
  readAll(): Filter {
    const filter = this.readOr({ depth: 0, isInBrackets: false });
    const token = this.lexer.next();
    if (token.kind !== 'end') throw filterFault(`Unexpected ${describe(token)}`, token.start);
    return filter;
  }

  /** Reads `[…]` and answers what is inside and the position after it. */
  readBrackets(depth = 0): { filter: Filter; end: number } {
    this.take('[');
    const filter = this.readOr({ depth: depth + 1, isInBrackets: true });
    return { filter, end: this.take(']').end };
  }

  private readOr(place: Place): Filter {
    const filters = [this.readAnd(place)];
    while (this.takeWord('or')) filters.push(this.readAnd(place));
    const [first] = filters;
    return first && filters.length === 1 ? first : { kind: 'or', filters };
  }

  private readAnd(place: Place): Filter {
    const filters = [this.readTerm(place)];
    while (this.takeWord('and')) filters.push(this.readTerm(place));
    const [first] = filters;
    return first && filters.length === 1 ? first : { kind: 'and', filters };
  }

  private readTerm(place: Place): Filter {
    const token = this.lexer.next();
    if (token.kind === '(') return this.readGroup(place, token);
    if (token.kind !== 'word') throw expected('An attribute', token);
    if (token.text.toLowerCase() === 'not') {
      const open = this.lexer.next();
      if (open.kind !== '(') throw filterFault('"not" must be followed by "("', open.start);
      return { kind: 'not', filter: this.readGroup(place, open) };
    }
    const path = findAttributePath(token.text);
    if (!path) throw filterFault(`${quoted(token.text)} is not an attribute name`, token.start);
    const following = this.lexer.peek();
    return following.kind === '[' && following.start === token.end
      ? this.readValuePath(path, place, following)
      : this.readComparison(path);
  }

  private readGroup(place: Place, open: Token): Filter {
    const depth = deeper(place, open);
    const filter = this.readOr({ ...place, depth });
    this.take(')');
    return filter;
  }

  private readValuePath(path: AttributePath, place: Place, open: Token): Filter {
    if (place.isInBrackets) throw filterFault('Brackets inside brackets', open.start);
    deeper(place, open);
    const { filter, end } = this.readBrackets(place.depth);

    const tail = this.lexer.peek();
    if (tail.kind !== 'word' || tail.start !== end) return { kind: 'valuePath', path, filter };
    this.lexer.next();
    const name = tail.text.slice(1);
    if (!tail.text.startsWith('.') || !isAttributeName(name)) {
      throw filterFault(`Unexpected ${describe(tail)}`, tail.start);
    }
    const comparison = this.readComparison({ text: name, urn: undefined, name, sub: undefined });
    return narrowValuePath(path, filter, comparison);
  }

  private readComparison(path: AttributePath): Filter {
    const token = this.lexer.next();
    this.comparisons += 1;
    if (this.comparisons > filterComparisonsMax) {
      throw filterFault(`More than ${filterComparisonsMax} comparisons`, token.start);
    }
    const word = token.kind === 'word' ? token.text.toLowerCase() : '';
    if (word === 'pr') return { kind: 'present', path };
    const operator = compareOperators.get(word);
    if (!operator) throw expected('An operator', token);
    return { kind: 'compare', path, operator, value: this.readValue() };
  }

  private readValue(): FilterValue {
    const token = this.lexer.next();
    if (token.kind === 'text') return token.text;
    if (token.kind !== 'word') throw expected('A value', token);
    switch (token.text.toLowerCase()) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'null':
        return null;
      default:
        return readNumber(token);
    }
  }

  private take(kind: Token['kind']): Token {
    const token = this.lexer.next();
    if (token.kind !== kind) throw expected(`"${kind}"`, token);
    return token;
  }

  private takeWord(word: string): boolean {
    const token = this.lexer.peek();
    if (token.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.lexer.next();
    return true;
  }
}

function deeper(place: Place, token: Token): number {
  if (place.depth >= filterDepthMax) {
    throw filterFault(`Nested deeper than ${filterDepthMax}`, token.start);
  }
  return place.depth + 1;
}

function readNumber(token: Token): number {
  const value = numberPattern.test(token.text) ? Number(token.text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw expected('A number, true, false, null or a text in double quotes', token);
}

/**
 * Entra asks `emails[type eq "work"].value eq "x"`, which the grammar does not have: the entry that
 * the brackets choose must also meet the comparison. As everywhere, `ne` and `eq null` say that no
 * such entry is there.
 */
function narrowValuePath(path: AttributePath, filter: Filter, comparison: Filter): Filter {
  if (comparison.kind !== 'compare') return bothInOneEntry(path, filter, comparison);
  if (comparison.operator === 'ne') {
    return {
      kind: 'not',
      filter: narrowValuePath(path, filter, { ...comparison, operator: 'eq' }),
    };
  }
  if (comparison.operator === 'eq' && comparison.value === null) {
    const present: Filter = { kind: 'present', path: comparison.path };
    return { kind: 'not', filter: bothInOneEntry(path, filter, present) };
  }
  return bothInOneEntry(path, filter, comparison);
}

function bothInOneEntry(path: AttributePath, filter: Filter, other: Filter): Filter {
  return { kind: 'valuePath', path, filter: { kind: 'and', filters: [filter, other] } };
}

function expected(what: string, token: Token): ScimError {
  return filterFault(`${what} is expected, not ${describe(token)},`, token.start);
}

function describe(token: Token): string {
  return token.kind === 'end' ? 'the end' : quoted(token.text);
}
