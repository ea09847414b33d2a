import { may, must, needed, should } from './level.js';

/** Discovery, the protocol itself, creating and reading. */
export const basics = {
  D1: must(
    'RFC 7644 §4, RFC 7643 §5',
    'The service provider configuration is there, under its own schema',
  ),
  D2: must('RFC 7643 §5', 'Each of the six features is announced with a Boolean'),
  D3: must('RFC 7643 §5', 'The limits of Bulk are told as integers'),
  D4: must(
    'RFC 7643 §5',
    'The most a list can hold is told, and no list holds more',
    'At most 200 resources in one answer.',
  ),
  D5: must(
    'RFC 7643 §5',
    'The bearer scheme is named as the way to sign in, with its type, name and description',
  ),
  D6: must(
    'RFC 7644 §3.7, §3.5.2, §3.12',
    'What is announced works, and what is not offered says 501',
  ),
  D7: must(
    'RFC 7644 §4, RFC 7643 §6',
    'People and groups are listed as resource types, each with name, relative endpoint and schema',
    'EnterpriseUser is a third type: a second door to the same people, with permissions of its own.',
  ),
  D8: must('RFC 7644 §4', 'A resource type can be read alone by its name, and another name is 404'),
  D9: must(
    'RFC 7643 §6',
    'The type User names the enterprise extension and says that it need not be there',
  ),
  D10: must('RFC 7644 §4, RFC 7643 §7', 'Every schema that a resource type names is listed'),
  D11: must(
    'RFC 7644 §4',
    'A schema is read by its URN, plain or percent-encoded, and an unknown URN is 404',
  ),
  D12: must(
    'RFC 7643 §7',
    'Each attribute of a schema tells all its characteristics',
    'caseExact is told for strings, references and binaries.',
  ),
  D13: must('RFC 7643 §7', 'Characteristics are spelled in the words that the standard defines'),
  D14: must(
    'RFC 7643 §4.1, §8.7.1',
    'userName is told as required and unique without case, password as never shown, groups as readOnly',
  ),
  D15: should('RFC 7644 §4', 'A filter on a discovery endpoint is forbidden'),
  D16: must('RFC 7644 §4', 'Sorting and paging change nothing on the discovery endpoints'),
  D17: should(
    'RFC 7644 §4, RFC 9110 §15.5.6',
    'Writing to a discovery endpoint is 405, with the methods that are allowed',
  ),
  D18: must(
    'RFC 7643 §3.1',
    'Discovery resources tell their type and the URL at which they are read',
  ),
  D19: needed('RFC 7643 §7', 'Nothing in the schemas is null'),

  P1: must(
    'RFC 7644 §3.1, §8.1',
    'A body of application/scim+json is read, with a charset or without',
  ),
  P2: should('RFC 7644 §3.1', 'A body of application/json is read just the same'),
  P3: must(
    'RFC 7644 §3.8',
    'Whatever the Accept header says, SCIM is served',
    'A type that is not JSON is passed over as well, never answered with 406.',
  ),
  P4: must('RFC 7644 §3.1, §3.8', 'Every body, that of an error too, is application/scim+json'),
  P5: must(
    'RFC 7644 §3.1, RFC 8259',
    'Text of any script comes back as it was sent and can be searched by',
    'NUL and half of a surrogate pair are refused with 400.',
  ),
  P6: must(
    'RFC 7643 §2.1',
    'Attribute names are read in any case and answered in the schema’s spelling',
  ),
  P7: must('RFC 7643 §3, RFC 8141', 'URNs of schemas are read in any case'),
  P8: must(
    'RFC 7643 §2.5',
    'null and the empty list leave an attribute unassigned',
    'So does an empty text, which Okta and OneLogin send.',
  ),
  P9: must(
    'RFC 7643 §2.5',
    'What is unassigned is left out of answers',
    'An empty group shows an empty list of members.',
  ),
  P10: should(
    'RFC 7644 §3.3, §3.5.1',
    'Attributes that no schema knows are passed over in a body',
    'Objects under the URN of an unknown schema are stored and echoed, at most 64 KiB of them, and a PATCH reaches into them.',
  ),
  P11: must('RFC 7644 §3.3, §3.5.1', 'readOnly attributes in a body are passed over'),
  P12: must(
    'RFC 7643 §3, RFC 7644 §3.5.2',
    'A body that names schemas must name its own',
    'Another one is invalidSyntax; a body without schemas is taken for what its endpoint holds.',
  ),
  P13: must(
    'RFC 7643 §3.1',
    'The id is given by the server, unique, lasting and never used again',
    'A UUID that begins with the time and is random beyond.',
  ),
  P14: must('RFC 7643 §3.1, RFC 7644 §3.12', 'An id of any form that is not there is 404'),
  P15: must('RFC 7643 §3.1', 'The id is shown whatever a projection says'),
  P16: must('RFC 7643 §3.1', 'meta is the server’s own; what a client sends there is passed over'),
  P17: must(
    'RFC 7643 §3.1',
    'created stays, and lastModified moves with every change and never with a read',
    'A write that changes nothing leaves it alone.',
  ),
  P18: must('RFC 7643 §2.3.5', 'Times are told with their zone', 'In UTC with milliseconds.'),
  P19: must('RFC 7643 §3.1', 'meta.location, the Location header and the URL that answers are one'),
  P20: should(
    'RFC 7644 §3.13',
    'The path holds the version of the protocol',
    '/api/scim/resource/v2.',
  ),
  P21: must(
    'RFC 7644 §2, §3.12',
    'Without a good credential the answer is 401 with a challenge, without the right to it 403',
  ),
  P22: must('RFC 7644 §7.2', 'A credential in the URL is none'),
  P23: should('RFC 7644 §3.12', 'A path that is not served is 404 with a SCIM error'),
  P24: must(
    'RFC 7644 §6, §7',
    'Another tenant’s resources answer like resources that do not exist',
  ),

  C1: must('RFC 7644 §3.3', 'What is created comes back whole, with 201 and its Location'),
  C2: must('RFC 7643 §3', 'schemas names the core schema and every extension with values'),
  C3: must(
    'RFC 7644 §3.3, §3.12',
    'A person without a userName is refused with invalidValue',
    'A userName of blanks counts as empty.',
  ),
  C4: must(
    'RFC 7643 §4.1.1, RFC 7644 §3.3',
    'A userName that is taken, in whatever case, is 409 uniqueness',
    'Case is folded in full ("straße" is "STRASSE"); white space at the ends and what nobody sees count for nothing.',
  ),
  C5: must('RFC 7643 §4.1.1, §7.6', 'A password is taken and shown in no answer'),
  C6: must(
    'RFC 7643 §3.1',
    'externalId comes back as sent, tells case apart and may be shared',
    'Each SCIM client has externalIds of its own, and sees another’s until it gives one.',
  ),
  C7: should(
    'RFC 7643 §4.1.1',
    'A new person is active unless the body says otherwise, and the answer tells',
  ),
  C8: must(
    'RFC 7643 §2.3, RFC 7644 §3.12',
    'A value of the wrong type is refused with invalidValue',
    'Taken all the same: "True" and "False" for Booleans, and a bare text where an object with a value belongs.',
  ),
  C9: must('RFC 7644 §3.12', 'What is no JSON object is refused with invalidSyntax'),
  C10: must(
    'RFC 7644 §3.3',
    'Of many creates of one userName at once, one wins and the others get 409',
  ),
  C11: should('RFC 7643 §2.4, §7', 'A type that is not among the canonical ones is kept'),
  C12: must('RFC 7643 §3.3', 'The attributes of an extension stand in an object under its URN'),
  C13: must(
    'RFC 7643 §3',
    'An extension that is only declared, or only there, loses nothing',
    'A block that was not declared is kept and declared in the answer.',
  ),

  R1: must('RFC 7644 §3.4.1', 'A resource is read by its id with all that is shown by default'),
  R2: must(
    'RFC 7644 §3.4.1, §3.6',
    'An id that is unknown or was deleted is 404 with a SCIM error',
  ),
  R3: must(
    'RFC 7644 §3.4.2',
    'An endpoint is listed in a ListResponse with its counters',
    'startIndex and itemsPerPage are always told.',
  ),
  R4: must(
    'RFC 7644 §3.4.2',
    'A query that finds nothing is 200 with a total of 0',
    'Resources is then an empty list.',
  ),
  R5: must('RFC 7644 §3.4.2', 'The counters of a list are integers'),
  R6: must(
    'RFC 7644 §3.4.2, §3.12',
    'A list beyond the limit is paged and the total stays true',
    'A search that no index serves and that takes too long to read is 400 tooMany, with what to do.',
  ),
  R7: must('RFC 7644 §3.4.2', 'A resource looks the same in a list as read alone'),
  R8: must('RFC 7643 §4.1.1', 'People who are not active are read and listed like the others'),
  R9: may(
    'RFC 7644 §3.4.2.1',
    'A query at the base URL searches all types; what a type does not have is absent there',
    'A person is listed once, as User.',
  ),
  R10: may(
    'RFC 7644 §3.4.2.1',
    'A query at the base URL is answered with what there is, never with nothing for want of support',
    'Root queries are offered, so 501 is not answered.',
  ),
};
