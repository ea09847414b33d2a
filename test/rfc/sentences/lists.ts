import { may, must, should } from './level.js';

/** Sorting, paging, projections and `/.search`. */
export const lists = {
  S1: may(
    'RFC 7644 §3.4.2.3',
    'A list is sorted by any path that is stored, ascending unless told otherwise',
    'Not by groups or members, of which there are many. Another sortOrder is 400 invalidValue. Of long texts the first 256 characters count.',
  ),
  S2: may('RFC 7644 §3.4.2.3', 'Attributes that ignore case are sorted without it'),
  S3: may(
    'RFC 7644 §3.4.2.3',
    'An attribute of many values sorts by the primary one, else by the first',
  ),
  S4: may(
    'RFC 7644 §3.4.2.3',
    'Resources without the attribute come last when ascending and first when descending',
  ),
  S5: may(
    'RFC 7644 §3.4.2.3, RFC 7643 §5',
    'The configuration says whether lists are sorted',
    'Sorting is offered; an attribute that can not be sorted by is 400 invalidValue.',
  ),

  G1: must('RFC 7644 §3.4.2.4', 'startIndex begins at 1, and less is read as 1'),
  G2: must('RFC 7644 §3.4.2.4', 'count 0 asks for the total alone, and less is read as 0'),
  G3: must('RFC 7644 §3.4.2.4', 'No more than count resources come back'),
  G4: must('RFC 7644 §3.4.2.4', 'itemsPerPage is what this answer holds'),
  G5: must('RFC 7644 §3.4.2.4', 'totalResults counts all that the filter finds'),
  G6: must(
    'RFC 7644 §3.4.2.4',
    'startIndex is echoed, and a page past the end is empty with the same total',
  ),
  G7: should(
    'RFC 7644 §3.4.2.4',
    'Without sorting, pages follow each other with every resource once',
    'In the order of creation.',
  ),
  G8: must(
    'RFC 7644 §3.12',
    'A startIndex or count that is no integer is refused',
    '400 invalidValue.',
  ),
  G9: should(
    'RFC 7644 §3.4.2.4',
    'Without count a page of the default size is answered',
    '100 resources.',
  ),
  G10: should('RFC 7644 §3.4.2.4', 'A count above the limit is lowered to it', '200 resources.'),

  X1: may('RFC 9865 §4', 'The ways of paging and their sizes are announced'),
  X2: must('RFC 9865 §2', 'An empty cursor begins, and every page but the last tells the next'),
  X3: must(
    'RFC 9865 §2',
    'The last page has no next cursor, and the first no previous one',
    'previousCursor is not given.',
  ),
  X4: must('RFC 9865 §2', 'A cursor is opaque and fits into a URL as it is'),
  X5: must(
    'RFC 9865 §2.1',
    'A cursor or count that does not fit is refused with its own scimType',
    'A cursor is good for 3,600 seconds; with a startIndex beside it the query is 400 invalidValue.',
  ),
  X6: must('RFC 9865 §2.4', 'Paging by index stays the default'),
  X7: must('RFC 9865 §5', 'A cursor gives nobody a right'),
  X8: may('RFC 9865 §3', 'A cursor works in the body of /.search'),
  X9: may(
    'RFC 9865 §2',
    'totalResults is told with cursors wherever it is known',
    'It is always told.',
  ),

  A1: must(
    'RFC 7644 §3.4.2.5, §3.9, RFC 7643 §7',
    'attributes shows what it names and what is always returned',
    'id and schemas are always returned.',
  ),
  A2: must(
    'RFC 7644 §3.4.2.5, §3.9',
    'excludedAttributes takes away what it names, but for what is always returned',
  ),
  A3: must('RFC 7644 §3.9', 'Naming both at once is refused', '400 invalidValue.'),
  A4: must('RFC 7644 §3.10', 'Names may be dotted, full URNs, in any case and spaced'),
  A5: must('RFC 7644 §3.10', 'An extension is named by its URN, its attributes behind it'),
  A6: must('RFC 7644 §3.9', 'Excluding a core attribute leaves extensions alone'),
  A7: must('RFC 7644 §3.9', 'A group is read and listed without its members'),
  A8: must('RFC 7644 §3.9', 'Names that no schema knows are passed over'),
  A9: must(
    'RFC 7643 §7',
    'What is never returned is not, even when named',
    'No built-in attribute is returned on request only.',
  ),
  A10: must('RFC 7644 §3.9', 'Projections work on writes and decide on the body of the answer'),
  A11: must('RFC 7644 §3.5.2', 'A PATCH that names attributes is answered with a body'),

  Q1: must('RFC 7644 §3.4.3', 'A search is posted to the endpoint with all that a query has'),
  Q2: may('RFC 7644 §3.4.3', 'A search posted at the base searches all types'),
  Q3: must('RFC 7644 §3.4.3', 'The names in a posted search are lists'),
  Q4: must('RFC 7644 §3.4.3', 'A posted search answers as the same query does'),
  Q5: must(
    'RFC 7643 §3, RFC 7644 §3.12',
    'A posted search under another schema is refused',
    '400 invalidSyntax.',
  ),
};
