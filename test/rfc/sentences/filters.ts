import { unfilterable } from '../unfilterable.js';
import { must, needed, should } from './level.js';

/** The filter language. */
export const filters = {
  F1: must('RFC 7644 §3.4.2.2', 'All ten operators work on text'),
  F2: must('RFC 7644 §3.4.2.2', 'Operators, and, or, not and attribute names are read in any case'),
  F3: must(
    'RFC 7644 §3.4.2.2, RFC 7643 §2.2',
    'The schema’s caseExact decides whether case counts',
    'Where it does not, eq, ne, an order and a part go by the same folding as uniqueness.',
  ),
  F4: must('RFC 7644 §3.4.2.2', 'eq is exact, and no character is a wildcard'),
  F5: must('RFC 7644 §3.4.2.2', 'pr asks for a value, in a complex attribute for any of its parts'),
  F6: must(
    'RFC 7644 §3.4.2.2',
    'Booleans are compared bare, and an order among Booleans or binaries is refused',
    '"True" and "False" in quotes are taken for Booleans too, as Entra ID sends them.',
  ),
  F7: must('RFC 7644 §3.4.2.2', 'Dates are compared as instants, with zone and fraction'),
  F8: must(
    'RFC 7644 §3.4.2.2',
    'Text is ordered by code point, numbers by size',
    'No attribute of the built-in schemas is a number.',
  ),
  F9: should(
    'RFC 7644 §3.4.2.2',
    'ne holds where eq does not',
    'It holds for an absent attribute, and among several values only when none is equal.',
  ),
  F10: must('RFC 7644 §3.4.2.2', 'One matching value is enough in an attribute of many'),
  F11: must(
    'RFC 7644 §3.4.2.2',
    'An attribute of many objects, compared by its bare name, means their value',
  ),
  F12: must(
    'RFC 7644 §3.10',
    'A sub-attribute is named behind a dot',
    `Refused, since the server computes them for each answer: ${unfilterable.join(', ')}.`,
  ),
  F13: must('RFC 7644 §3.10', 'An attribute may be named with its schema’s URN before it'),
  F14: must('RFC 7644 §3.4.2.2', 'Brackets bind before not, not before and, and before or'),
  F15: must('RFC 7644 Figure 1', 'not stands before parentheses only'),
  F16: must(
    'RFC 7644 §3.4.2.2, §7',
    'Groups nest to a limit, and beyond it the filter is refused at once',
    '20 levels, 64 comparisons, 4 KiB.',
  ),
  F17: must('RFC 7644 §3.4.2.2', 'A value path holds only when one entry meets all of it'),
  F18: must('RFC 7644 Figure 1', 'The whole language works inside the brackets of a value path'),
  F19: must('RFC 7644 Figure 1', 'Text is written as in JSON, with its escapes and no others'),
  F20: must('RFC 7644 Figure 1', 'Operators, brackets and quotes inside a text are text'),
  F21: must('RFC 7644 Figure 1', 'Numbers are written as in JSON'),
  F22: must(
    'RFC 7644 Figure 1',
    'Text without quotes is refused',
    'No leniency for old authentik versions.',
  ),
  F23: must(
    'RFC 7644 Figure 1, RFC 7643 §2.5',
    'null stands for unassigned',
    'Only eq and ne compare with null.',
  ),
  F24: must(
    'RFC 7644 §3.12',
    'Whatever is wrong with a filter’s form, the answer is invalidFilter',
  ),
  F25: should(
    'RFC 7644 §3.4.2.2',
    'A filter on an attribute that no schema knows finds nothing by being refused',
    '400 invalidFilter.',
  ),
  F26: must('RFC 7644 §3.12', 'What can not be searched by is refused and never passed over'),
  F27: must(
    'RFC 7643 §7.6, RFC 7644 §7.5',
    'A password can not be searched by, right or wrong',
    '400 invalidFilter.',
  ),
  F28: must('RFC 7644 §3.4.2.2', 'id, externalId, active and the times of meta can be searched by'),
  F29: must('RFC 3986', 'In a URL %20 and + are a space, and %2B is a plus sign'),
  F30: needed('RFC 7644 §3.4.2.2', 'A path behind the brackets is understood in a filter'),
  F31: must('RFC 7644 §3.4.2.1', 'schemas and meta.resourceType choose among types'),
};
