import { describe, expect, it } from '@jest/globals';
import { findInstant } from './instant.js';

describe('findInstant', () => {
  it.each([
    ['2024-05-01T10:00:00Z', '2024-05-01T10:00:00.000Z'],
    ['2024-05-01T10:00:00.12Z', '2024-05-01T10:00:00.120Z'],
    ['2024-05-01T12:00:00+02:00', '2024-05-01T10:00:00.000Z'],
    ['2024-05-01T12:00:00+0200', '2024-05-01T10:00:00.000Z'],
    ['2024-05-01T04:30:00-05:30', '2024-05-01T10:00:00.000Z'],
    ['2024-05-01T10:00:00', '2024-05-01T10:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0050-01-01T00:00:00Z', '0050-01-01T00:00:00.000Z'],
  ])('reads %s as %s', (text, expected) => {
    expect(findInstant(text)).toEqual({ epochMs: Date.parse(expected), isExact: true });
  });

  it('says when it cut something off', () => {
    expect(findInstant('2024-05-01T10:00:00.1234Z')).toMatchObject({ isExact: false });
    expect(findInstant('2024-05-01T10:00:00.1230000Z')).toMatchObject({ isExact: true });
  });

  it.each([
    '',
    '2024-05-01',
    '2024-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-05-01T24:00:00Z',
    '2024-05-01T10:60:00Z',
    '2024-05-01 10:00:00Z',
    '2024-05-01T10:00:00+25:00',
    '1714557600000',
  ])('refuses %j', (text) => {
    expect(findInstant(text)).toBeUndefined();
  });
});
