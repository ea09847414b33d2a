import type { RecordedRequest } from './conversation.js';
import { isRead } from './order.js';

/**
 * The status that the protocol has for a request which is sent again after it was answered: a resource that was
 * created is in its own way (RFC 7644 §3.3), one that was deleted is unknown (§3.6), and a condition on a version
 * fails once the version has moved (§3.14). All else is answered as before.
 * @param first what it was answered with, and the version after it
 */
export function toRepeatedStatus(
  request: RecordedRequest,
  first: { readonly status: number; readonly version: string | undefined },
): number {
  const { status, version } = first;
  const { 'if-match': ifMatch } = request.headers;
  if (status >= 300 || isRead(request)) return status;
  switch (request.method) {
    case 'POST':
      // A Bulk request is a 200 whatever its operations came to (§3.7.3), so only a created resource is in the way.
      return status === 201 ? 409 : status;
    case 'DELETE':
      return 404;
    default:
      return ifMatch === undefined || ifMatch === '*' || ifMatch === version ? status : 412;
  }
}

/** Whether the same status means the same answer; that of Bulk tells for each operation what became of it. */
export function isAnsweredAlike({ path }: RecordedRequest): boolean {
  return path !== '/Bulk';
}
