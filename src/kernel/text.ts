/**
 * The key under which texts that differ in case or composition only are the same (NFKC, lower case).
 * Folded here and not by a database: SQLite lowers only ASCII, and "É" and "é" are one person.
 */
export function foldCase(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC');
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
