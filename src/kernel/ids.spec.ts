import { describe, expect, it } from '@jest/globals';
import { canonicalId, isUuid, newId } from './ids.js';

/** The clock that never goes back may stand apart from the machine's by what that was set since the start. */
const clockToleranceMs = 60_000;

describe('a new id', () => {
  it('is a UUID of version 7', () => {
    expect(newId()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('begins with the time of its making', () => {
    const before = Date.now() - clockToleranceMs;
    const time = Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now() + clockToleranceMs);
  });

  it('is another one each time', () => {
    expect(new Set(Array.from({ length: 10_000 }, newId)).size).toBe(10_000);
  });
});

describe('an id', () => {
  it.each([
    ['0192f4c1-7c1e-7d2a-9b3f-0a1b2c3d4e5f', true],
    ['7F3C2D1E-5B6A-4C8D-9E0F-112233445566', true],
    ['00000000-0000-0000-0000-000000000000', true],
    ['7f3c2d1e5b6a4c8d9e0f112233445566', false],
    ['{7f3c2d1e-5b6a-4c8d-9e0f-112233445566}', false],
    ['7f3c2d1e-5b6a-4c8d-9e0f-11223344556g', false],
    ['', false],
  ])('%s is a UUID: %s', (text, is) => {
    expect(isUuid(text)).toBe(is);
  });

  it('is kept in lower case', () => {
    expect(canonicalId('7F3C2D1E-5B6A-4C8D-9E0F-112233445566')).toBe(
      '7f3c2d1e-5b6a-4c8d-9e0f-112233445566',
    );
  });
});
