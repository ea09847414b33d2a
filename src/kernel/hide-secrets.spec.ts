import { describe, expect, it } from '@jest/globals';
import { hideSecrets } from './hide-secrets.js';

describe('hideSecrets', () => {
  it('blanks what is under a secret name, however deep, and nothing else', () => {
    const settings = {
      emailConfiguration: {
        host: 'smtp',
        password: 'p',
        properties: [{ clientSecret: 's', port: 1 }],
      },
      passwordValidationRules: { minLength: 8 },
      token: null,
    };

    expect(hideSecrets(settings)).toEqual({
      emailConfiguration: {
        host: 'smtp',
        password: '[hidden]',
        properties: [{ clientSecret: '[hidden]', port: 1 }],
      },
      passwordValidationRules: { minLength: 8 },
      token: null,
    });
  });
});
