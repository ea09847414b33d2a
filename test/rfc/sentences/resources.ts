import { must, should } from './level.js';

const group = 'RFC 7643 §4.2';
const errors = 'RFC 7644 §3.12';

/** People, groups and errors. */
export const resources = {
  E1: must(
    'RFC 7643 §4.1.1',
    'A userName is never empty and unique without case in its tenant',
    'One in which there is nothing to see is empty.',
  ),
  E2: must(
    'RFC 7643 §4.1.1',
    'active is switched off and on with nothing lost',
    'A PATCH that unassigns it changes nothing while it is true, and is 400 invalidValue once it is false.',
  ),
  E3: must('RFC 7643 §4.1.2', 'Attributes of many values are lists of objects, even with one'),
  E4: must(
    'RFC 7643 §2.4',
    'At most one entry is primary',
    'A body with two is refused with invalidValue. Of one entry that is there twice it is enough that either was.',
  ),
  E5: should(
    'RFC 7643 §2.4',
    'The same value of the same type is kept once',
    'The first keeps its place, and what a later one says besides counts.',
  ),
  E6: must(
    'RFC 7643 §4.1.2',
    'A person’s groups are worked out from the groups, nested ones included',
  ),
  E7: must(
    'RFC 7643 §4.3',
    'A manager is an object whose displayName and URL the server gives',
    'value is free text; the URL is there when it is the id of somebody of the tenant, who may have no displayName.',
  ),
  E8: must('RFC 7643 §4.1.1', 'locale, preferredLanguage and timezone are kept as sent'),
  E9: must('RFC 7643 §4.1.1', 'A name’s formatted text and its parts are independent'),

  K1: must(
    group,
    'A group has a displayName',
    'Unique in its tenant; a second one is 409 uniqueness.',
  ),
  K2: must(group, 'A member is told with id, URL and type, and none of them changes inside it'),
  K3: must(group, 'A member without a type is found by its id'),
  K4: should(
    errors,
    'A member that does not exist is refused and never stored',
    '400 invalidValue.',
  ),
  K5: must('RFC 7644 §3.5.2.1', 'A member that is added twice is there once'),
  K6: must(
    'RFC 7644 §3.5.1, §3.5.2',
    'A PUT without members empties the group, a PATCH of other things leaves them',
  ),
  K7: should(group, 'Groups hold groups, and a circle is refused', '400 invalidValue.'),
  K8: must('RFC 7643 §4.1.2', 'A change of membership shows in the person at once'),
  K9: should(
    group,
    'A group of ten thousand is made, changed and read without its members in seconds',
  ),

  Z1: must(
    errors,
    'An error is a SCIM error whose status is the HTTP status as text',
    'Every error has a detail.',
  ),
  Z2: must('RFC 7644 table 9', 'Every scimType is one that the standard has'),
  Z3: must('RFC 7644 §3.3, §3.12', 'uniqueness goes with 409 on creating and changing'),
  Z4: must(
    'RFC 7644 §7.5.2',
    'A query is never refused for the personal data in its URL',
    'sensitive is never answered; filters are not logged, and /.search takes them out of the URL.',
  ),
  Z5: must(
    'RFC 7644 table 9',
    'One version of the protocol is served, and it stands in the path',
    'Another version is another path, hence 404; invalidVers is never answered.',
  ),
  Z6: must('RFC 7644 §7', 'Errors tell nothing of the server’s inside or of other tenants'),
  Z7: should(
    errors,
    'Limits have their own statuses: 413 for what is too large, 501 for what is not built, 503 with Retry-After for what is busy',
    'There is no limit to the rate of requests.',
  ),
};
