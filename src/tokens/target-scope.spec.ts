import { describe, expect, it } from '@jest/globals';
import { parseTargetScope, scopeBytesMax, scopeItemsMax } from './target-scope.js';
import { TokenRequestError } from './token-request-error.js';

const a = '92dbdedd-30af-4149-9c61-b578f2c72600';
const b = '119a84d9-06c5-4d1f-a0d4-a60490b70ac5';

describe('parseTargetScope', () => {
  it.each([
    ['', []],
    [`target-entity:${a}`, [{ entityId: a, permissions: undefined }]],
    [`target-entity:${a.toUpperCase()}:read`, [{ entityId: a, permissions: ['read'] }]],
    [
      `target-entity:${a}:scim:user:read,scim:user:create`,
      [{ entityId: a, permissions: ['scim:user:read', 'scim:user:create'] }],
    ],
    [
      `target-entity:${a}:read,write  target-entity:${b}:read`,
      [
        { entityId: a, permissions: ['read', 'write'] },
        { entityId: b, permissions: ['read'] },
      ],
    ],
    [
      `target-entity:${a}:read target-entity:${a}:write,read`,
      [{ entityId: a, permissions: ['read', 'write'] }],
    ],
    [`target-entity:${a}:read target-entity:${a}`, [{ entityId: a, permissions: undefined }]],
    [`target-entity:${a} target-entity:${a}:read`, [{ entityId: a, permissions: undefined }]],
  ])('reads %j', (scope, expected) => {
    expect(parseTargetScope(scope)).toEqual(expected);
  });

  it.each([
    ['openid'],
    [`target-entity:${a} offline_access`],
    ['target-entity:'],
    ['target-entity:not-a-uuid:read'],
    [`target-entity:${a}:`],
    [`target-entity:${a}:read,,write`],
    [`TARGET-ENTITY:${a}`],
    [`target-entity:${a}\tread`],
    ['x'.repeat(scopeBytesMax + 1)],
    [Array.from({ length: scopeItemsMax + 1 }, () => `target-entity:${a}`).join(' ')],
  ])('T4 refuses %.60j', (scope) => {
    expect(() => parseTargetScope(scope)).toThrow(TokenRequestError);
  });
});
