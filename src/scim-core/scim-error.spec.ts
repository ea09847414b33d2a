import { describe, expect, it } from '@jest/globals';
import { quoted, ScimError, toErrorBody } from './scim-error.js';

describe('toErrorBody', () => {
  it('Z1 tells the status as a text', () => {
    expect(toErrorBody(new ScimError(409, 'uniqueness', 'Taken.'))).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '409',
      scimType: 'uniqueness',
      detail: 'Taken.',
    });
  });

  it('Z2 leaves scimType out where there is none', () => {
    expect(toErrorBody(new ScimError(404, undefined, 'Not found.'))).not.toHaveProperty('scimType');
  });
});

describe('quoted', () => {
  it("cuts and escapes a stranger's text", () => {
    expect(quoted('a\n"b"')).toBe('"a\\n\\"b\\""');
    expect(quoted('x'.repeat(1000)).length).toBeLessThan(70);
  });
});
