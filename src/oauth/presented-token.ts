/**
 * The token of a request: in the header `Authorization: Bearer …` (RFC 6750 §2.1), else in the cookie
 * `access_token` (contract/oauth.md §8).
 */
export function findPresentedToken(
  authorization: string | undefined,
  cookie: string | undefined,
): string | undefined {
  const bearer = /^ *Bearer +([^ ]+) *$/i.exec(authorization ?? '')?.[1];
  return bearer ?? findCookie(cookie ?? '', 'access_token');
}

/** The first cookie of the name (RFC 6265 §4.2.1). */
function findCookie(header: string, name: string): string | undefined {
  const found = header
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}
