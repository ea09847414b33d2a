import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ScimError } from '../scim-error.js';
import type { Filter } from './filter.js';
import { filterBytesMax, filterComparisonsMax, filterDepthMax } from './filter-parser.js';
import { parseFilter } from './parse-filter.js';

/** The tree as text with every group in parentheses, so that tables stay readable. */
function print(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.filters.map(print).join(` ${filter.kind} `)})`;
    case 'not':
      return `not ${print(filter.filter)}`;
    case 'present':
      return `${filter.path.text} pr`;
    case 'valuePath':
      return `${filter.path.text}[${print(filter.filter)}]`;
    case 'compare':
      return `${filter.path.text} ${filter.operator} ${JSON.stringify(filter.value)}`;
  }
}

function faultOf(text: string): unknown {
  try {
    return parseFilter(text);
  } catch (error) {
    return error;
  }
}

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const comparisons = (count: number): string =>
  Array.from({ length: count }, () => 'a pr').join(' or ');
const nested = (depth: number): string => `${'('.repeat(depth)}a pr${')'.repeat(depth)}`;

describe('parseFilter', () => {
  it.each([
    ['F1', 'userName eq "a"', 'userName eq "a"'],
    [
      'F1',
      'a ne 1 and a co "b" and a sw "c" and a ew "d"',
      '(a ne 1 and a co "b" and a sw "c" and a ew "d")',
    ],
    ['F1', 'a gt 1 and a ge 2 and a lt 3 and a le 4', '(a gt 1 and a ge 2 and a lt 3 and a le 4)'],
    ['F1', 'title pr', 'title pr'],
    [
      'F2',
      'userName EQ "a" AND NOT (title PR) Or active Eq true',
      '((userName eq "a" and not title pr) or active eq true)',
    ],
    ['F12', 'name.familyName eq "a"', 'name.familyName eq "a"'],
    ['F13', `${user}:name.familyName pr`, `${user}:name.familyName pr`],
    ['F14', 'a pr or b pr and c pr', '(a pr or (b pr and c pr))'],
    ['F14', 'a pr and b pr or c pr', '((a pr and b pr) or c pr)'],
    ['F14', '(a pr or b pr) and c pr', '((a pr or b pr) and c pr)'],
    ['F14', 'not (a pr) and b pr', '(not a pr and b pr)'],
    ['F14', 'not (a pr or b pr)', 'not (a pr or b pr)'],
    ['F15', 'not(a pr)', 'not a pr'],
    ['F16', nested(filterDepthMax), 'a pr'],
    [
      'F17',
      'emails[type eq "work" and value co "@x"]',
      'emails[(type eq "work" and value co "@x")]',
    ],
    [
      'F18',
      'emails[not (type eq "a" or type eq "b") and value pr]',
      'emails[(not (type eq "a" or type eq "b") and value pr)]',
    ],
    ['F18', 'emails[ type pr ] or a pr', '(emails[type pr] or a pr)'],
    [
      'F19',
      String.raw`a eq "\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`,
      'a eq "\\"\\\\/\\b\\f\\n\\r\\té😀"',
    ],
    ['F20', 'a eq "x and (y) or [z] not eq 1"', 'a eq "x and (y) or [z] not eq 1"'],
    ['F20', String.raw`a eq "\" or b eq \""`, 'a eq "\\" or b eq \\""'],
    ['F21', 'a eq -0.5e+10', 'a eq -5000000000'],
    ['F23', 'manager eq null', 'manager eq null'],
    ['F30', 'emails[type eq "work"].value eq "x"', 'emails[(type eq "work" and value eq "x")]'],
    ['F30', 'emails[type eq "work"].value pr', 'emails[(type eq "work" and value pr)]'],
    ['F30', 'emails[type eq "work"].value ne "x"', 'not emails[(type eq "work" and value eq "x")]'],
    ['F30', 'emails[type eq "work"].value eq null', 'not emails[(type eq "work" and value pr)]'],
    ['spaces', '  a   pr\t', 'a pr'],
    ['$ref', 'manager.$ref pr', 'manager.$ref pr'],
  ])('%s reads %j', (_id, text, expected) => {
    expect(print(parseFilter(text))).toBe(expected);
  });

  it.each([
    ['F15', 'not userName pr'],
    ['F15', 'not'],
    ['F16', nested(filterDepthMax + 1)],
    ['F16', '('.repeat(4000)],
    ['F16', 'not ('.repeat(21) + 'a pr' + ')'.repeat(21)],
    ['F19', String.raw`a eq "\x"`],
    ['F19', String.raw`a eq "\u12g4"`],
    ['F19', 'a eq "\n"'],
    ['F21', 'a eq 001'],
    ['F21', 'a eq .5'],
    ['F21', 'a eq 12e'],
    ['F21', 'a eq 12.4.2'],
    ['F21', 'a eq 1e999'],
    ['F22', 'userName eq bob'],
    ['F22', "userName eq 'bob'"],
    ['F24', ''],
    ['F24', '   '],
    ['F24', '(a pr'],
    ['F24', 'a pr)'],
    ['F24', 'emails[type pr'],
    ['F24', 'emails type pr]'],
    ['F24', 'emails[]'],
    ['F24', 'a eq'],
    ['F24', 'a'],
    ['F24', 'a pr and'],
    ['F24', 'or a pr'],
    ['F24', 'a pr b pr'],
    ['F24', 'a like "x"'],
    ['F24', 'a eq "x'],
    ['F24', '"a" eq "x"'],
    ['F24', 'a eq (b)'],
    ['F24', 'a.b.c pr'],
    ['F24', 'a. pr'],
    ['F24', '1a pr'],
    ['F24', '__proto__ pr'],
    ['F24', 'emails[value[type pr]]'],
    ['F24', 'emails[type pr].'],
    ['F24', 'emails[type pr].value'],
    ['F24', 'emails[type pr].a.b eq 1'],
    ['S6', comparisons(filterComparisonsMax + 1)],
    ['S6', `a eq "${'x'.repeat(filterBytesMax)}"`],
    ['S6', `a eq "${'é'.repeat(filterBytesMax / 2)}"`],
    ['S7', String.raw`a eq "\u0000"`],
    ['S7', String.raw`a eq "\ud800"`],
  ])('%s refuses %j with invalidFilter', (_id, text) => {
    expect(faultOf(text)).toMatchObject({ status: 400, scimType: 'invalidFilter' });
  });

  it('S6 takes a filter at its limits: 20 deep, 64 comparisons, 4 KiB', () => {
    expect([filterDepthMax, filterComparisonsMax, filterBytesMax]).toEqual([20, 64, 4096]);
    expect(parseFilter(`a eq "${'x'.repeat(4089)}"`)).toMatchObject({ kind: 'compare' });
    expect(parseFilter(comparisons(64))).toMatchObject({ kind: 'or' });
  });

  it('F24 tells where the fault is', () => {
    expect(faultOf('userName eq bob')).toMatchObject({
      detail: expect.stringContaining('character 13'),
    });
  });

  it('F24 never throws anything but a ScimError, whatever the text', () => {
    const piece = fc.constantFrom(
      'a',
      'eq',
      'pr',
      'and',
      'or',
      'not',
      '(',
      ')',
      '[',
      ']',
      '"',
      '\\',
      '.',
      ' ',
      '1',
      'null',
      ':',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(' ')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const outcome = faultOf(given);
        return (
          !(outcome instanceof Error) ||
          (outcome instanceof ScimError && outcome.scimType === 'invalidFilter')
        );
      }),
      { numRuns: 2000 },
    );
  });
});
