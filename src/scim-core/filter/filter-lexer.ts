import { isStorableText } from '../json.js';
import { badRequest, type ScimError } from '../scim-error.js';

type TokenKind = '(' | ')' | '[' | ']' | 'word' | 'text' | 'end';

/**
 * `text` is a word as written, or the meaning of a quoted string. `end` is the first position after
 * it.
 */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const marks: ReadonlySet<string> = new Set(['(', ')', '[', ']']);
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** A syntax fault and where it is, counted from 1 as people do. */
export function filterFault(what: string, position: number): ScimError {
  return badRequest('invalidFilter', `${what} at character ${position + 1} of the filter.`);
}

/**
 * Cuts a filter into marks, words and strings, one at a time and never twice over the same
 * character.
 */
export class FilterLexer {
  private peeked: Token | undefined;

  constructor(
    private readonly source: string,
    private position = 0,
  ) {}

  /** The next token, left where it is. */
  peek(): Token {
    this.peeked ??= this.read();
    return this.peeked;
  }

  /** The next token, taken. */
  next(): Token {
    const token = this.peek();
    this.peeked = undefined;
    return token;
  }

  private read(): Token {
    while (isSpace(this.source[this.position])) this.position += 1;
    const start = this.position;
    const first = this.source[start];
    if (first === undefined) return { kind: 'end', text: '', start, end: start };
    if (isMark(first)) {
      this.position += 1;
      return { kind: first, text: first, start, end: this.position };
    }
    return first === '"' ? this.readText(start) : this.readWord(start);
  }

  private readWord(start: number): Token {
    let end = start;
    while (end < this.source.length && !endsWord(this.source[end])) end += 1;
    this.position = end;
    return { kind: 'word', text: this.source.slice(start, end), start, end };
  }

  /** A JSON string (RFC 8259 §7), which is what the grammar of RFC 7644 figure 1 points to. */
  private readText(start: number): Token {
    let text = '';
    let position = start + 1;
    for (;;) {
      const character = this.source[position];
      if (character === undefined) throw filterFault('A string is not closed: it began', start);
      if (character === '"') break;
      if (character < ' ') throw filterFault('A control character must be escaped', position);
      if (character === '\\') {
        const escape = this.readEscape(position);
        text += escape.text;
        position = escape.end;
      } else {
        text += character;
        position += 1;
      }
    }
    if (!isStorableText(text))
      throw filterFault('A string holds NUL or half a surrogate pair', start);
    this.position = position + 1;
    return { kind: 'text', text, start, end: this.position };
  }

  private readEscape(start: number): { text: string; end: number } {
    const letter = this.source[start + 1] ?? '';
    const plain = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
    if (plain !== undefined) return { text: plain, end: start + 2 };

    const digits = this.source.slice(start + 2, start + 6);
    if (letter !== 'u' || !/^[0-9A-Fa-f]{4}$/.test(digits))
      throw filterFault('An unknown escape', start);
    return { text: String.fromCharCode(Number.parseInt(digits, 16)), end: start + 6 };
  }
}

function isMark(character: string): character is '(' | ')' | '[' | ']' {
  return marks.has(character);
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function endsWord(character: string | undefined): boolean {
  return character === undefined || isSpace(character) || isMark(character) || character === '"';
}
