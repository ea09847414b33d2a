import { describe, expect, it } from '@jest/globals';
import { compareCodePoints, foldCase, textKey } from './text.js';

describe('foldCase', () => {
  it.each([
    ['É', 'é'],
    ['e\u0301', 'é'],
    ['\u212A', 'k'],
    ['ﬀ', 'ff'],
    ['ADA@Example.COM', 'ada@example.com'],
  ])('makes %j and %j one key', (left, right) => {
    expect(foldCase(left)).toBe(foldCase(right));
  });

  it.each([
    ['ß', 'ss'],
    ['ı', 'i'],
  ])('keeps %j and %j apart', (left, right) => {
    expect(foldCase(left)).not.toBe(foldCase(right));
  });

  it('is stable: a folded text folds to itself', () => {
    for (const text of ['İstanbul', 'ΑΣ', 'ẞ', '\u1E9B\u0323', 'K\u030C']) {
      expect(foldCase(foldCase(text))).toBe(foldCase(text));
    }
  });
});

describe('textKey', () => {
  it.each([
    ['É', 'é'],
    ['e\u0301', 'é'],
    ['ADA@Example.COM', 'ada@example.com'],
    ['straße', 'STRASSE'],
    ['STRAẞE', 'strasse'],
    ['νίκος.παπ@x.test', 'ΝΊΚΟΣ.ΠΑΠ@X.TEST'],
    ['σ', 'ς'],
    ['ı', 'I'],
    ['ﬁn', 'FIN'],
    ['a\u200Bd\u00ADa\uFEFF', 'ada'],
    ['e\u200D\u0301', 'é'],
    ['  ada\t', 'ADA'],
    ['ada \u00A0\u2003 king', 'ada king'],
    ['\u0085ada\u2028king\r\n', 'ada king'],
  ])('FIND S-7 makes one key of %j and %j', (left, right) => {
    expect(textKey(left)).toBe(textKey(right));
  });

  it.each([
    ['adaking', 'ada king'],
    ['o', 'ö'],
    ['i', 'i\u0307'],
    ['а', 'a'],
  ])('keeps %j and %j apart', (left, right) => {
    expect(textKey(left)).not.toBe(textKey(right));
  });

  it.each(['', ' ', '\u200B', '\t\u00A0\u2060', '\u{E0041}'])(
    'FIND S-7 leaves nothing of %j',
    (text) => {
      expect(textKey(text)).toBe('');
    },
  );

  it('gives every character one key, whatever its case and composition, and keys their own', () => {
    const characters = folding();

    const faults = characters.filter((character) => {
      const keepsKey = [character, `Σ${character}s`, `i${character}\u0307`].every((text) =>
        [textKey(text), text.toLowerCase(), text.normalize('NFD'), foldCase(text)].every(
          (other) => textKey(other) === textKey(text),
        ),
      );
      return !keepsKey || textKey(character.toUpperCase()) !== textKey(character);
    });

    expect(characters.length).toBeGreaterThan(9_000);
    expect(faults).toEqual([]);
  });
});

/** The characters that have a case, are composed of others or are not seen; of East Asian ideographs none has. */
function folding(): string[] {
  const blocks = [
    [0x80, 0x3400],
    [0xa000, 0xac00],
    [0xf900, 0x1_0000],
    [0x1_0000, 0x1_1000],
    [0x1_d000, 0x1_f300],
    [0xe_0000, 0xe_1000],
  ] as const;
  return blocks.flatMap(([from, to]) =>
    Array.from({ length: to - from }, (_, index) => String.fromCodePoint(from + index)).filter(
      (character) => textKey(character) !== character,
    ),
  );
}

describe('compareCodePoints', () => {
  it('orders as UTF-8 bytes do', () => {
    const texts = ['a', 'B', 'é', '\uFF5E', '\u{1F600}', 'ab', '', '\uE000', '\u{10000}'];
    const byBytes = [...texts].sort((left, right) =>
      Buffer.compare(Buffer.from(left), Buffer.from(right)),
    );

    expect([...texts].sort(compareCodePoints)).toEqual(byBytes);
  });
});
