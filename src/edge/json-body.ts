import type { Json } from '../kernel/json.js';
import { checkJsonSize, type JsonLimits } from './json-size.js';
import { MalformedBody } from './malformed-body.js';

export const defaultJsonLimits: JsonLimits = { keysMax: 10_000, itemsMax: 100_000 };

/** A group of 100,000 members has three or four keys a member. */
export const largeJsonLimits: JsonLimits = { keysMax: 1_000_000, itemsMax: 400_000 };

/**
 * Reads a JSON body (RFC 8259) and refuses what nobody sends in good faith or no database can give back:
 * hostile sizes, names that reach for prototypes, NUL and lone surrogates, numbers that would become others.
 * @throws MalformedBody
 */
export function parseJsonBody(bytes: Buffer, limits: JsonLimits): Json {
  checkJsonSize(bytes, limits);
  const text = toText(bytes);
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedBody(
      400,
      text.trim() === '' ? 'The body is empty; JSON is expected.' : 'The body is not valid JSON.',
    );
  }
  new Inspection(text).visit(value);
  return value;
}

function toText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new MalformedBody(400, 'The body is not valid UTF-8.');
  }
}

/** Walks a value once; its depth was checked, so the recursion is bounded. */
class Inspection {
  private readonly path: (string | number)[] = [];
  private changed: ReadonlySet<number> | undefined;

  constructor(private readonly text: string) {}

  visit(value: Json): void {
    if (typeof value === 'string') return checkText(value);
    if (typeof value === 'number') return this.checkNumber(value);
    if (typeof value !== 'object' || value === null) return;
    if (isList(value)) return this.visitList(value);
    for (const [name, member] of Object.entries(value)) {
      if (name === '__proto__')
        throw new MalformedBody(400, 'The body has a member named __proto__.');
      checkText(name);
      this.visitAt(name, member);
    }
  }

  private visitList(list: readonly Json[]): void {
    for (const [index, item] of list.entries()) this.visitAt(index, item);
  }

  private visitAt(step: string | number, value: Json): void {
    this.path.push(step);
    this.visit(value);
    this.path.pop();
  }

  /** What would come back as another number is refused: the sender could not know. */
  private checkNumber(value: number): void {
    if (!Number.isFinite(value)) throw this.wrongNumber('is larger than a number can be');
    if (Number.isSafeInteger(value) || !Number.isInteger(value)) return;
    this.changed ??= changedIntegers(this.text);
    if (this.changed.has(value))
      throw this.wrongNumber(
        'is an integer beyond 2^53, which cannot be kept exactly: send it as text',
      );
  }

  private wrongNumber(what: string): MalformedBody {
    const field = this.path
      .map((step, index) =>
        typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`,
      )
      .join('');
    return new MalformedBody(
      400,
      field === '' ? `The body ${what}.` : `[${field}] ${what}.`,
      field,
    );
  }
}

/** A text or a number of JSON. Texts are matched too, so that digits in them are not taken for numbers. */
const textOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** What became of the integers that are written in digits and are no longer what they were. */
function changedIntegers(text: string): ReadonlySet<number> {
  const changed = new Set<number>();
  for (const [token] of text.matchAll(textOrNumber)) {
    if (!/^-?\d{16,}$/.test(token)) continue;
    const value = Number(token);
    if (BigInt(value) !== BigInt(token)) changed.add(value);
  }
  return changed;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function checkText(text: string): void {
  if (text.includes('\0'))
    throw new MalformedBody(400, 'The body has text with a NUL character, which cannot be stored.');
  if (!text.isWellFormed())
    throw new MalformedBody(
      400,
      'The body has text with half of a surrogate pair, which cannot be stored.',
    );
}
