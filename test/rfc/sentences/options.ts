import { may, must, notOffered, notOfferedMust } from './level.js';

const bulk = 'RFC 7644 §3.7';
const me = 'RFC 7644 §3.11';

/** Bulk, versions, `/Me` and events. */
export const options = {
  B1: must(bulk, 'A Bulk request answers each of its operations with what it did and where'),
  B2: must(bulk, 'In Bulk a POST needs a bulkId, the other methods a path with an id'),
  B3: must(
    'RFC 7644 §3.7.2',
    'A bulkId stands for the id of what the same request creates, whatever the order',
  ),
  B4: must(
    'RFC 7644 §3.7.1',
    'References in a circle are resolved where the result is legal, else 409',
    'Two people may be each other’s manager; a group inside itself may not be.',
  ),
  B5: must(
    'RFC 7644 §3.7.2, §3.12',
    'A reference to nothing fails its operation, and no bulkId is ever stored',
  ),
  B6: must(
    'RFC 7644 §3.7.3',
    'failOnErrors ends a request after that many errors; without it all is tried',
  ),
  B7: must('RFC 7644 §3.7.4', 'More operations or bytes than announced are 413'),
  B8: must(bulk, 'An operation that fails undoes no other'),
  B9: must(bulk, 'The method of an operation is read in any case, and an unknown one fails it'),
  B10: must(`${bulk}, §3.14`, 'The version of an operation is checked as If-Match is'),
  B11: must(
    bulk,
    'The configuration says whether Bulk is there',
    'Bulk is offered, so 501 is not answered.',
  ),

  V1: may('RFC 7644 §3.14', 'A resource’s ETag header and meta.version are one', 'Weak.'),
  V2: may(
    'RFC 7644 §3.14',
    'The version moves with every change and never without one',
    'A person’s moves with its groups too; the names of others that are shown with it do not move it.',
  ),
  V3: may('RFC 7644 §3.14', 'A read of the version that the client has is 304 without a body'),
  V4: may(
    'RFC 7644 §3.14',
    'A write to a version that is no more is 412 and changes nothing',
    'A change of its groups does not refuse a change of the person.',
  ),
  V5: may('RFC 9110 §8.8.3', 'There is no ETag but that of the version'),

  N1: notOffered(
    me,
    '/Me does not stand for the caller’s own user',
    'The caller is a machine: its token has no user.',
  ),
  N2: must(me, '/Me is refused with 501, whatever the method'),
  N3: notOffered(me, 'Writing to /Me is 501 as well'),

  J1: notOffered('RFC 9967 §4', 'No security events are announced'),
  J2: may(
    'RFC 9967 §2.5.1.1, §3',
    'A request that would rather be answered later is answered at once',
  ),
  J3: notOfferedMust(
    'RFC 9967 §2.5.1.1',
    'No transaction is promised, so none is named',
    'No Set-Txn header.',
  ),
  J4: notOfferedMust('RFC 9967 §2.1', 'There is no event whose subject would have to be named'),
  J5: notOfferedMust('RFC 9967 §2.4', 'There is no event, neither full nor as a notice'),
  J6: must('RFC 7240 §2', 'Prefer is passed over and the answer is the usual one'),
};
