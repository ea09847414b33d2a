import { describe, expect, it } from '@jest/globals';
import { isPrivateAddress, quickstartText } from './quickstart-text.js';

const values = {
  baseUrl: 'http://localhost:9011',
  apiKey: 'rck_key',
  tenantId: 'tenant',
  scimServerEntityId: 'server',
  scimClientEntityId: 'client',
  scimClientSecret: 'rcs_secret',
  scimBaseUrl: 'http://localhost:9011/api/scim/resource/v2',
  bearerToken: 'eyJ.x.y',
  bearerTokenExpires: '2027-11-23T00:00:00.000Z',
};
const report = {
  values,
  isGrantedAgain: false,
  checks: [{ request: 'GET /Users', status: 200 }],
  dataDir: '/data',
  logFile: '/data/rollcall.log',
};

describe('quickstartText', () => {
  it('prints the two values that Okta asks for, each alone on its line', () => {
    const lines = quickstartText(report);

    expect(lines).toContain(values.scimBaseUrl);
    expect(lines).toContain(values.bearerToken);
    expect(lines).toContain(values.apiKey);
    expect(lines.join('\n')).toContain('2027-11-23');
  });

  it('never prints the client secret', () => {
    expect(quickstartText(report).join('\n')).not.toContain(values.scimClientSecret);
  });

  it('FIND R-13 says that the grant was given again, and only then', () => {
    const again = quickstartText({ ...report, isGrantedAgain: true }).join('\n');

    expect(again).toMatch(/granted again: paste the new bearer token/);
    expect(quickstartText(report).join('\n')).not.toContain('granted again');
  });

  it('says what to do about a private address, and nothing when the address is public', () => {
    const atHome = quickstartText(report).join('\n');
    const outside = quickstartText({
      ...report,
      values: { ...values, baseUrl: 'https://id.example.com' },
    }).join('\n');

    expect(atHome).toContain('ROLLCALL_PUBLIC_URL');
    expect(outside).not.toContain('ROLLCALL_PUBLIC_URL');
  });
});

describe('isPrivateAddress', () => {
  it.each([
    ['http://id.example.com', false],
    ['http://localhost:9011', true],
    ['https://localhost', true],
    ['https://10.1.2.3', true],
    ['https://172.20.0.1', true],
    ['https://192.168.1.1', true],
    ['https://[::1]', true],
    ['https://[fd00::1]', true],
    ['https://server', true],
    ['https://172.32.0.1', false],
    ['https://10.example.com', false],
    ['https://id.example.com', false],
    ['https://[2001:db8::1]', false],
  ])('takes %s for private: %s', (url, expected) => {
    expect(isPrivateAddress(new URL(url))).toBe(expected);
  });
});
