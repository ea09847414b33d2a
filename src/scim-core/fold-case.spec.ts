import { describe, expect, it } from '@jest/globals';
import { compareCodePoints, textKey, textKeyPart } from './fold-case.js';

describe('textKey', () => {
  it.each([
    ['e\u0301', 'é'],
    ['ﬀ', 'FF'],
    ['straße', 'STRASSE'],
    ['νίκος.παπ', 'ΝΊΚΟΣ.ΠΑΠ'],
    ['a\u200Bda', 'ADA'],
    [' ada  king ', 'Ada King'],
  ])('FIND S-17 makes one key of %j and %j', (left, right) => {
    expect(textKey(left)).toBe(textKey(right));
  });

  it.each([
    ['ö', 'o'],
    ['adaking', 'ada king'],
  ])('keeps %j and %j apart', (left, right) => {
    expect(textKey(left)).not.toBe(textKey(right));
  });
});

describe('textKeyPart', () => {
  it.each([
    ['νίκος', 'ΝΊΚΟΣ.ΠΑΠ'],
    ['ß', 'strasse'],
    ['A  ', 'ada king'],
    [' K', 'ada\tking'],
    ['ada', 'ada  king'],
  ])('finds %j in %j', (part, whole) => {
    expect(textKey(whole)).toContain(textKeyPart(part));
  });

  it('keeps one blank at an end', () => {
    expect(textKeyPart(' Ada  ')).toBe(' ada ');
  });
});

describe('compareCodePoints', () => {
  it('orders as UTF-8 bytes do', () => {
    const texts = ['a', 'B', 'é', '\uFF5E', '\u{1F600}', 'ab', '', '\uE000', '\u{10000}'];
    const byBytes = [...texts].sort((left, right) =>
      Buffer.compare(Buffer.from(left), Buffer.from(right)),
    );

    expect([...texts].sort(compareCodePoints)).toEqual(byBytes);
  });
});
