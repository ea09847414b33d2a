/**
 * Texts on which stores, encoders and comparisons have failed elsewhere. Most are made from a rule, so that the list
 * says which families are covered and not only which examples.
 */
export const awkwardStrings: readonly string[] = [
  ...new Set([
    ...range(0x00, 0x20).map((code) => `a${char(code)}b`),
    ...range(0x7f, 0xa1).map((code) => `a${char(code)}b`),
    ...spaces().flatMap((space) => [`${space}x`, `x${space}`, `x${space}y`]),
    ...invisible().flatMap((mark) => [`x${mark}y`, mark]),
    ...surrogates(),
    ...nonCharacters(),
    ...compositions(),
    ...caseTraps(),
    ...scripts(),
    ...punctuation().flatMap((sign) => [sign, `a${sign}b`, `${sign}${sign}`]),
    ...fragments(),
    ...numbersAndWords(),
    ...prototypes(),
    ...longOnes(),
  ]),
].filter((text) => text !== '');

/** Whether a text can be stored and told again: what has no UTF-8 and what PostgreSQL refuses can not. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function char(code: number): string {
  return String.fromCodePoint(code);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Unicode's white space, line and paragraph separators included. */
function spaces(): string[] {
  const codes = [0x20, 0x09, 0x0a, 0x0d, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000];
  return [...codes, ...range(0x2000, 0x200b)].map(char).concat('\r\n');
}

/** Zero width, direction marks, variation selectors, tags, the soft hyphen, the byte order mark. */
function invisible(): string[] {
  const codes = [0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0xfeff, 0xfe0e, 0xfe0f, 0xe0001, 0xe0041];
  return [
    ...codes,
    ...range(0x200b, 0x2010),
    ...range(0x202a, 0x202f),
    ...range(0x2060, 0x206a),
  ].map(char);
}

function surrogates(): string[] {
  const [high, low] = ['\ud83d', '\ude00'];
  const broken = [
    high,
    low,
    `${low}${high}`,
    `a${high}`,
    `${high}a`,
    `a${low}b`,
    `${high}${high}${low}`,
  ];
  return [...broken, `${high}${low}`, '\ud800', '\udbff', '\udc00', '\udfff', '\ud800\udc00'];
}

function nonCharacters(): string[] {
  const codes = [0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1fffe, 0x1ffff, 0x10fffe, 0x10ffff, 0xfffd];
  return [...codes, 0xd7ff, 0xe000, 0xf8ff, 0xf0000, 0x100000].map((code) => `x${char(code)}`);
}

/** The same letters composed and decomposed; compatibility forms; marks in two orders; a heap of marks. */
function compositions(): string[] {
  const letters = [...'éñåüçÅǆṩệ각가ﬁﬀ²½①Ⅷ㎏ｶﾞ豈𝒜', 'ﷺ', 'ſ', 'Ω', 'Å'];
  const forms = letters.flatMap((letter) =>
    (['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form) => `x${letter.normalize(form)}`),
  );
  const marks = [
    'q\u0307\u0323',
    'q\u0323\u0307',
    'Z\u0351\u036b\u0343',
    '\u0301',
    'e\u0301\u0301',
  ];
  return [...forms, ...marks, `a${'\u0300'.repeat(200)}`];
}

/** Letters whose case changes length, place or language. */
function caseTraps(): string[] {
  const letters = [
    'İ',
    'I',
    'ı',
    'i',
    'i̇',
    'ß',
    'ẞ',
    'ss',
    'SS',
    'ſ',
    '\u212a',
    'K',
    'k',
    '\u2126',
  ];
  const more = [
    'ω',
    'Ω',
    'Σ',
    'σ',
    'ς',
    'ΣΑΣ',
    'ǅ',
    'Ǆ',
    'ǆ',
    'ŉ',
    'ΐ',
    'և',
    'ᾼ',
    'Ω',
    'µ',
    'μ',
    'Ꭰ',
    'ꭰ',
  ];
  return [...letters, ...more, '𐐀', '𐐨', 'Å', 'å'].flatMap((letter) => [letter, `${letter}x`]);
}

function scripts(): string[] {
  return [
    'שלום עולם',
    'مرحبا',
    'abc אבג 123',
    'नमस्ते',
    'ไทย',
    '漢字かなカナ',
    '한국어',
    '👩‍👩‍👧‍👦',
    '👍🏽',
    '🇦🇹🇩🇪',
    '𝕳𝖊𝖑𝖑𝖔',
    'ⓗⓔⓛⓛⓞ',
    'раураl',
    'pаypаl',
    '\u202eevil\u202c',
    '1١𝟏１',
    '𠜎𠜱𠝹',
    '\u{1f600}',
    '\uff5e',
    'ﷺ',
    'T̺͆h̸e̴',
    'ÅÄÖåäö',
    'ÿ\u{10ffff}',
  ];
}

function punctuation(): string[] {
  return [...'\'"`\\/%_*?^$.|()[]{}<>&;:,#@!~+-='].concat(
    '‘',
    '’',
    '“',
    '„',
    '´',
    '＇',
    '＂',
    '％',
  );
}

/** Pieces of the languages that a text passes through. */
function fragments(): string[] {
  return [
    "' or 1=1 --",
    "'; drop table users; --",
    "\\'; select 1; --",
    'x" or ""="',
    '$1',
    '?',
    ':name',
    '$$x$$',
    "E'\\x00'",
    '/* x */',
    '%%',
    'a%',
    '_a',
    'a\\%b',
    '\\_',
    '\\\\',
    '\\"',
    '\\u0000',
    '\\ud800',
    '\\0',
    '%00',
    '%2e%2e%2f',
    '../../etc/passwd',
    'C:\\Windows',
    '{"a":1}',
    '{"id":"1","value":"Admin"}',
    '[1,2]',
    '"x"',
    '}{',
    '\\n',
    '<script>alert(1)</script>',
    '<img src=x onerror=1>',
    ']]>',
    '&lt;&#0;',
    '{{7*7}}',
    '${7*7}',
    '#{x}',
    '`id`',
    '$(id)',
    '| ls',
    'a\r\nSet-Cookie: x=1',
    '\u001b[31mred',
    'userName eq "x"',
    'x" or userName pr or userName eq "',
    'emails[type eq "work"]',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName',
    'name.givenName',
    'bulkId:x',
    '=1+1',
    '@SUM(A1)',
    'http://[::1]/?a=b&c=%20#d',
    'data:text/html,x',
    'javascript:alert(1)',
    'YWJj=',
    'MIIB\n+/==',
    'a,b;c\td',
  ];
}

/** What a careless reader takes for something else than text. */
function numbersAndWords(): string[] {
  const numbers = ['0', '1', '01', '-0', '1.0', '1e0', '1e999', '9007199254740993', '0x10', '١'];
  const words = [
    'null',
    'NULL',
    'undefined',
    'true',
    'False',
    'NaN',
    'Infinity',
    'None',
    '{}',
    '[]',
  ];
  return [...numbers, ...words, '00000000-0000-4000-8000-000000000000', '2026-01-01T00:00:00Z'];
}

function prototypes(): string[] {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  return [...names, 'a.__proto__.b', '__proto__[x]', 'constructor.prototype', 'then', 'toJSON'];
}

function longOnes(): string[] {
  const pieces = ['x', 'é', '漢', '😀', 'ab ', "'", '\\', '%', 'İ', '\u0301'];
  const lengths = [255, 256, 257, 1_024];
  return [
    ...pieces.flatMap((piece) => lengths.map((length) => piece.repeat(length))),
    'x'.repeat(8_192),
    '😀'.repeat(4_096),
  ];
}
