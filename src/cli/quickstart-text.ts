import { quickstartFilePath, type QuickstartValues } from './quickstart-file.js';
import type { CheckLine } from './scim-check.js';

interface Report {
  readonly values: QuickstartValues;
  /** The client's grant had been deleted, and its tokens have ended with it. */
  readonly isGrantedAgain: boolean;
  readonly checks: readonly CheckLine[];
  readonly dataDir: string;
  readonly logFile: string;
}

/** Tells the person at the terminal what to paste where. */
export function printQuickstart(report: Report): void {
  process.stdout.write(`${quickstartText(report).join('\n')}\n`);
}

/** The lines that quickstart prints. Values stand alone on their lines, so that a double or triple click takes them whole. */
export function quickstartText(report: Report): string[] {
  const { values, checks, dataDir, logFile } = report;
  return [
    '',
    'Rollcall is running, with a SCIM connection ready to paste.',
    '',
    ...(report.isGrantedAgain ? grantedAgain : []),
    'SCIM 2.0 Base Url',
    values.scimBaseUrl,
    '',
    `OAuth Bearer Token (good until ${values.bearerTokenExpires.slice(0, 10)})`,
    values.bearerToken,
    '',
    'API key',
    values.apiKey,
    '',
    'Okta      Provisioning > Integration: paste both, Test API Credentials, Save.',
    'Entra ID  Provisioning > Admin Credentials: Tenant URL is the base URL, Secret Token is the bearer token.',
    '',
    ...addressAdvice(values.baseUrl),
    "Tested as Okta's connection check does:",
    ...checks.map(({ request, status }) => `  ${status}  ${request}`),
    '',
    'Try it in another terminal:',
    ...curlLines(values, quickstartFilePath(dataDir)),
    '',
    `The values are also in ${quickstartFilePath(dataDir)} (only you can read it).`,
    `Requests are logged to ${logFile}. Stop with Ctrl+C; run again and everything is still there.`,
    '',
  ];
}

const grantedAgain: readonly string[] = [
  'The grant of the SCIM client had been deleted, and its tokens ended with it. It has everything',
  'granted again: paste the new bearer token wherever an old one is in use.',
  '',
];

/** Three calls that work as they are in a shell; the token would fill a screen, so it is read from the file. */
function curlLines(values: QuickstartValues, file: string): string[] {
  const user =
    '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ann@example.com",' +
    '"name":{"givenName":"Ann","familyName":"Lee"},"emails":[{"primary":true,"value":"ann@example.com"}]}';
  const filter = encodeURIComponent('userName eq "ann@example.com"');
  return [
    `  TOKEN=$(node -p "require('${file}').bearerToken")`,
    `  curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/scim+json' ${values.scimBaseUrl}/Users -d '${user}'`,
    `  curl -H "Authorization: Bearer $TOKEN" '${values.scimBaseUrl}/Users?filter=${filter}'`,
    `  curl -H 'Authorization: ${values.apiKey}' ${values.baseUrl}/api/rollcall/tenant/${values.tenantId}/scim`,
  ];
}

function addressAdvice(baseUrl: string): string[] {
  const url = new URL(baseUrl);
  const fault = isPrivateAddress(url)
    ? 'is a private address'
    : url.protocol === 'https:'
      ? undefined
      : 'is not https';
  if (fault === undefined) return [];
  return [
    `${baseUrl} ${fault}: Okta and Entra ID can not use it. Put the server behind a public`,
    'https address (a reverse proxy or a tunnel to this port), then start it again with that address:',
    '  ROLLCALL_PUBLIC_URL=https://id.example.com npm run quickstart',
    '',
  ];
}

/** Loopback, private and link-local ranges (RFC 1918, RFC 4193, RFC 3927), and names that are no public ones. */
export function isPrivateAddress({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host.includes(':')) return /^(::1?$|f[cd]|fe[89ab])/.test(host);
  if (!host.includes('.') || /\.(localhost|local|internal|lan|test|invalid)$/.test(host))
    return true;
  return (
    /^(127|10|0)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\./.test(host) &&
    /^[\d.]+$/.test(host)
  );
}
