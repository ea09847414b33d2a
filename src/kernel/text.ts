/**
 * The key of names in the admin API (tenants, entity types, entities): NFKC and lower case. Names of people
 * and groups have `textKey`, which is coarser.
 */
export function foldCase(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC');
}

/** What `textKey` changes besides letters from A to Z. */
const needsFolding = /[^ -~]|^ | $| {2}/;

/**
 * The key by which the directory compares text whose case does not count: names, addresses and every attribute that
 * is not `caseExact`. Texts with one key look the same to people: they differ in case ("straße", "STRASSE"), in
 * composition, in characters that nobody sees, or in white space at the ends and its length inside.
 *
 * Made here and not by a database: SQLite lowers only ASCII, and PostgreSQL lowers as its locale says. A key is its
 * own key. `scim-core` has the same function, because it may not import this one.
 */
export function textKey(text: string): string {
  if (!needsFolding.test(text)) return text.toLowerCase();
  const folded = text
    .normalize('NFKD')
    .replace(/\p{Default_Ignorable_Code_Point}+/gu, '')
    .normalize('NFKD')
    // Upper case makes "SS" of "ß", but not of "ẞ", which has to be lowered first.
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    // "Σ" becomes "ς" at the end of a word only: part of a key would not be found in the whole.
    .replaceAll('ς', 'σ')
    .normalize('NFKC');
  return folded.replace(/\p{White_Space}+/gu, ' ').trim();
}

/**
 * Orders by code point, as SQLite's BINARY and PostgreSQL's "C" collation do. JavaScript's own `<` goes
 * by UTF-16 unit and puts "\u{1F600}" before "\uFF5E".
 */
export function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a === b) continue;
    const isSurrogateA = a >= 0xd800 && a <= 0xdfff;
    const isSurrogateB = b >= 0xd800 && b <= 0xdfff;
    if (isSurrogateA !== isSurrogateB) return isSurrogateA ? 1 : -1;
    return a - b;
  }
  return left.length - right.length;
}

const absentWords: ReadonlySet<string> = new Set(['', 'undefined', 'null']);

/** Whether the text of a query says nothing: clients send these words for what they do not mean. */
export function isAbsent(text: string): boolean {
  return absentWords.has(text);
}
