import { CommandError } from './command-error.js';

/** One request that Okta sends when a person presses its test button, and how it was answered. */
export interface CheckLine {
  readonly request: string;
  readonly status: number;
}

/** What Okta's connection check and first import ask. All of it only reads. */
const requests = [
  '/Users?startIndex=1&count=2',
  `/Users?filter=${encodeURIComponent('userName eq "connection-check@rollcall.invalid"')}&startIndex=1&count=100`,
  '/Groups?startIndex=1&count=100',
];

/**
 * Sends the requests of Okta's connection check to a server.
 * @param scimBaseUrl how this process reaches it, which need not be the public URL
 * @throws CommandError with the first answer that Okta would not take
 */
export async function checkScim(scimBaseUrl: string, bearerToken: string): Promise<CheckLine[]> {
  const lines: CheckLine[] = [];
  for (const request of requests) {
    const response = await fetch(`${scimBaseUrl}${request}`, {
      headers: { authorization: `Bearer ${bearerToken}`, accept: 'application/scim+json' },
    });
    const text = await response.text();
    const isList =
      response.headers.get('content-type')?.startsWith('application/scim+json') === true &&
      hasTotal(text);
    if (response.status !== 200 || !isList) {
      throw new CommandError(
        `The self-test failed: GET ${request} was answered with ${response.status} ${text.slice(0, 500)}`,
      );
    }
    lines.push({ request: `GET ${decodeURIComponent(request)}`, status: response.status });
  }
  return lines;
}

function hasTotal(text: string): boolean {
  try {
    const body: unknown = JSON.parse(text);
    return (
      typeof body === 'object' &&
      body !== null &&
      'totalResults' in body &&
      Number.isInteger(body.totalResults)
    );
  } catch {
    return false;
  }
}
