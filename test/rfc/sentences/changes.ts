import { must, needed, should } from './level.js';

const add = 'RFC 7644 §3.5.2.1';
const remove = 'RFC 7644 §3.5.2.2';
const replace = 'RFC 7644 §3.5.2.3';
const modify = 'RFC 7644 §3.5.2';
const put = 'RFC 7644 §3.5.1';
const errors = 'RFC 7644 §3.12';

/** PUT, PATCH and DELETE. */
export const changes = {
  U1: must(put, 'PUT answers the whole resource, and 404 where there is none to replace'),
  U2: must(
    put,
    'What a PUT leaves out is cleared, extensions too',
    'But for active and password, see U6 and U9.',
  ),
  U3: must(put, 'readOnly values in a PUT are passed over', 'Another id in the body too.'),
  U4: must(
    put,
    'What is immutable once it is set stays as it is',
    'The parts of a member are the only immutable attributes; another member is another entry.',
  ),
  U5: must(put, 'A PUT without a required attribute is refused', '400 invalidValue.'),
  U6: must(put, 'A password that a PUT does not name is kept'),
  U7: must(
    `${put}, §3.12`,
    'A PUT with somebody else’s userName is 409, with one’s own in another case it is fine',
  ),
  U8: must(put, 'A PUT of what was read changes nothing'),
  U9: needed(put, 'A PUT without active follows one rule', 'It is kept as it is.'),

  M1: must(
    modify,
    'A PATCH with another schema or without operations is refused with invalidSyntax',
    'At most 1,000 operations; more are 413. Without schemas, or as the bare list of operations, it is understood.',
  ),
  M2: must(modify, 'op is add, remove or replace in any case, and anything else invalidSyntax'),
  M3: must(
    modify,
    'A PATCH that succeeds answers the resource or nothing',
    'People: 200 with the resource. Groups: 204 unless the client names attributes.',
  ),
  M4: must(modify, 'Either all operations apply or none'),
  M5: must(modify, 'Operations apply in order, each to what the one before made'),
  M6: must('RFC 7644 Figure 7', 'Paths of every form are understood, with or without a URN'),
  M7: must(`${modify}, table 9`, 'A path that can not be read or found is invalidPath'),
  M8: must(
    'RFC 7644 table 9',
    'A malformed filter in a path is refused',
    'invalidFilter when the fault is inside the brackets, invalidPath when a bracket is missing.',
  ),
  M9: must(add, 'add without a path merges its value into the resource'),
  M10: must(add, 'add creates what is absent, replaces what is single and appends to what is many'),
  M11: must(add, 'add of what is there changes nothing, the time included'),
  M12: must(add, 'add to a complex attribute sets the parts given and keeps the others'),
  M13: must(add, 'add appends every entry of a list, and a single object as one'),
  M14: must(remove, 'remove without a path is noTarget'),
  M15: must(
    remove,
    'remove unassigns a single value and all of many',
    'With a list of values it removes those only, as Entra ID and authentik mean it. A value that names none, or is not that of a single-valued attribute, is 400 invalidValue.',
  ),
  M16: must(
    remove,
    'remove with a filter takes the entries that match, the last one with its attribute',
    'A filter that matches nothing removes nothing and is no error.',
  ),
  M17: must(remove, 'remove takes one part of the entries that match'),
  M18: must(remove, 'remove of what is required or readOnly is refused with mutability'),
  M19: must(replace, 'replace without a path sets what its value names and leaves the rest'),
  M20: must(replace, 'replace of what is missing adds it'),
  M21: must(replace, 'replace of many values without a filter replaces them all'),
  M22: must(replace, 'replace of a complex attribute changes the parts given'),
  M23: must(replace, 'replace with a filter changes each matching entry or its part'),
  M24: must(
    replace,
    'replace with a filter that matches nothing is noTarget',
    'Where the filter says by eq what the entry would be, and the new entry meets it, a part of it is written into a new entry, as Entra ID expects.',
  ),
  M25: must(
    modify,
    'Writing what is readOnly is refused with mutability',
    'Its present value is accepted; inside a value without a path readOnly attributes are passed over, but for another id.',
  ),
  M26: must(
    modify,
    'What is immutable can be set once and not be changed',
    'The parts of a member: it comes and goes as a whole.',
  ),
  M27: must(
    modify,
    'A new primary entry takes the mark from the others',
    'Two of them in one request are 400 invalidValue.',
  ),
  M28: must(
    `${add}, §3.5.2.3`,
    'add and replace without a value are refused',
    '400 invalidValue; null clears.',
  ),
  M29: must(
    'RFC 7644 table 9',
    'A value of the wrong type is invalidValue',
    'A list of one is taken for the one value that is meant, and JSON text for the object of an operation without a path.',
  ),
  M30: must(
    'RFC 7643 §3',
    'schemas follows the extensions that come and go',
    'The last value takes the URN with it.',
  ),
  M31: must(errors, 'A PATCH to somebody else’s userName is 409 uniqueness'),
  M32: must(errors, 'An unknown id is 404 whatever the operations are'),
  M33: should(modify, 'A value without a path may nest, and its keys may be dotted or URNs'),
  M34: must(modify, 'PATCH requests at once on one group lose no member'),
  M35: must(
    'RFC 7644 §3.2',
    'PATCH works on one resource only',
    '405 with the methods that are allowed.',
  ),

  L1: must(
    'RFC 7644 §3.6',
    'DELETE answers 204 without a body, and the resource is gone everywhere',
  ),
  L2: should(
    'RFC 7644 §3.6',
    'The userName of somebody deleted is free',
    'The new person has a new id.',
  ),
  L3: must('RFC 7644 §3.6, RFC 7643 §4.2', 'Somebody deleted is no longer a member of anything'),
  L4: must('RFC 7643 §4.2', 'Deleting a group leaves its members'),
};
