import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from './json.js';
import { hidden, hideSecrets, putSecrets, secretNames, takeSecrets } from './secret-fields.js';

const settings = {
  captchaConfiguration: { captchaMethod: 'GoogleRecaptchaV3', secretKey: 'captcha', siteKey: 's' },
  emailConfiguration: {
    host: 'smtp',
    password: 'smtp-password',
    additionalHeaders: [{ name: 'X-Relay', value: 'token' }],
    properties: 'mail.smtp.proxy.password=p',
  },
  passwordValidationRules: { minLength: 8 },
};

const plain = {
  captchaConfiguration: { captchaMethod: 'GoogleRecaptchaV3', siteKey: 's' },
  emailConfiguration: { host: 'smtp' },
  passwordValidationRules: { minLength: 8 },
};

const secrets = {
  'settings.captchaConfiguration.secretKey': 'captcha',
  'settings.emailConfiguration.password': 'smtp-password',
  'settings.emailConfiguration.additionalHeaders': [{ name: 'X-Relay', value: 'token' }],
  'settings.emailConfiguration.properties': 'mail.smtp.proxy.password=p',
};

/** Names that look like secrets, in places where the contract has none. */
const callersOwn = {
  data: { clientSecret: 'own', password: 'own', emailConfiguration: { password: 'own' } },
  settings: {
    emailConfiguration: { own: { password: 'own' }, apiKey: 'own' },
    connectorPolicies: [{ data: { password: 'own' } }],
    clientSecret: 'own',
  },
};

describe('FIND R-6 the secrets of an object', () => {
  it('are known by their fields, and go back to where they came from', () => {
    expect(takeSecrets('tenant', { settings })).toEqual({ rest: { settings: plain }, secrets });
    expect(putSecrets({ settings: plain }, secrets)).toEqual({ settings });
  });

  it('are hidden whatever JSON they are, and nothing around them is', () => {
    expect(hideSecrets('tenant', { id: 'x', settings })).toEqual({
      id: 'x',
      settings: {
        ...plain,
        captchaConfiguration: { ...plain.captchaConfiguration, secretKey: hidden },
        emailConfiguration: {
          host: 'smtp',
          password: hidden,
          additionalHeaders: hidden,
          properties: hidden,
        },
      },
    });
  });

  it('are never guessed by a name: the data of callers stays as it is', () => {
    expect(takeSecrets('tenant', callersOwn)).toEqual({ rest: callersOwn, secrets: {} });
    expect(hideSecrets('tenant', callersOwn)).toBe(callersOwn);
    expect(hideSecrets('entity', { data: callersOwn.data })).toEqual({ data: callersOwn.data });
  });

  it.each<[string, JsonObject]>([
    ['entity', { clientSecret: 's' }],
    ['api-key', { key: 's' }],
    ['key', { privateKey: 's', secret: 's' }],
    ['user', { password: 's', salt: 's' }],
    ['webhook', { httpAuthenticationPassword: 's', headers: { Authorization: 's' } }],
  ])('are hidden in an event about %s', (kind, object) => {
    const shown = hideSecrets(kind, { ...object, name: 'kept' });

    expect(shown).toEqual({
      ...Object.fromEntries(Object.keys(object).map((field) => [field, hidden])),
      name: 'kept',
    });
  });

  it('are none in a kind without secrets, and none where something else stands in the way', () => {
    const odd = { settings: { emailConfiguration: 'text', captchaConfiguration: null } };

    expect(hideSecrets('group', { password: 'own' })).toEqual({ password: 'own' });
    expect(hideSecrets('tenant', null)).toBeNull();
    expect(takeSecrets('tenant', odd)).toEqual({ rest: odd, secrets: {} });
    expect(putSecrets(odd, { 'settings.emailConfiguration.password': 'p' })).toEqual(odd);
  });

  it('are none when they are null, which is how a caller takes one away', () => {
    const object = { settings: { emailConfiguration: { host: 'h', password: null } } };

    expect(takeSecrets('tenant', object)).toEqual({
      rest: { settings: { emailConfiguration: { host: 'h' } } },
      secrets: {},
    });
    expect(hideSecrets('tenant', object)).toBe(object);
  });

  it('do not take the place of one that is there, and make the block that they need', () => {
    const field = 'settings.emailConfiguration.password';
    const newer = { settings: { emailConfiguration: { password: 'newer' } } };

    expect(putSecrets(newer, { [field]: 'older' })).toEqual(newer);
    expect(putSecrets({ settings: {} }, { [field]: 'p' })).toEqual({
      settings: { emailConfiguration: { password: 'p' } },
    });
  });

  it('have names that a text search can look for', () => {
    expect(secretNames('tenant')).toEqual([
      'secretKey',
      'password',
      'additionalHeaders',
      'properties',
    ]);
  });
});
