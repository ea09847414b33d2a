/** What `textKey` changes besides letters from A to Z. */
const needsFolding = /[^ -~]|^ | $| {2}/;

/**
 * The key by which text is compared whose case does not count: texts with one key differ in case, in composition, in
 * characters that nobody sees, or in white space at the ends and its length inside. The same function stands in
 * `kernel/text.ts`, which this room may not import; both must agree, or a filter would find other people in memory
 * than in the database.
 */
export function textKey(text: string): string {
  return needsFolding.test(text) ? folded(text).trim() : text.toLowerCase();
}

/**
 * The key of a part that `co`, `sw` and `ew` look for in the key of a whole: white space at its ends stands for what is
 * inside the whole, so one blank of it stays.
 */
export function textKeyPart(text: string): string {
  return needsFolding.test(text) ? folded(text) : text.toLowerCase();
}

function folded(text: string): string {
  return (
    text
      .normalize('NFKD')
      .replace(/\p{Default_Ignorable_Code_Point}+/gu, '')
      .normalize('NFKD')
      // Upper case makes "SS" of "ß", but not of "ẞ", which has to be lowered first.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      // "Σ" becomes "ς" at the end of a word only: a part of a key would not be found in the whole.
      .replaceAll('ς', 'σ')
      .normalize('NFKC')
      .replace(/\p{White_Space}+/gu, ' ')
  );
}

/**
 * Orders by code point, as both databases do. JavaScript's own `<` goes by UTF-16 unit and puts
 * "\u{1F600}" before "\uFF5E".
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
