import type { Json } from '../kernel/json.js';
import { MalformedBody } from './malformed-body.js';

/** Objects and lists inside one another. */
export const jsonDepthMax = 32;

/** Members of all objects together, and elements of all lists together, by the size that the route allows. */
export interface JsonLimits {
  readonly keysMax: number;
  readonly itemsMax: number;
}

export const defaultJsonLimits: JsonLimits = { keysMax: 10_000, itemsMax: 100_000 };

/** A group of 100,000 members has three or four keys a member. */
export const largeJsonLimits: JsonLimits = { keysMax: 1_000_000, itemsMax: 400_000 };

/**
 * Reads a JSON body (RFC 8259) and refuses what nobody sends in good faith or no database can give back:
 * hostile sizes, names that reach for prototypes, NUL and lone surrogates, numbers that would become others.
 * @throws MalformedBody
 */
export function parseJsonBody(text: string, limits: JsonLimits): Json {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedBody(
      400,
      text.trim() === '' ? 'The body is empty; JSON is expected.' : 'The body is not valid JSON.',
    );
  }
  new Inspection(text, limits).visit(value, 1);
  return value;
}

/** Walks a value once; the depth is bounded, so the recursion is too. */
class Inspection {
  private keys = 0;
  private items = 0;
  private readonly path: (string | number)[] = [];
  private changed: ReadonlySet<number> | undefined;

  constructor(
    private readonly text: string,
    private readonly limits: JsonLimits,
  ) {}

  visit(value: Json, depth: number): void {
    if (typeof value === 'string') return checkText(value);
    if (typeof value === 'number') return this.checkNumber(value);
    if (typeof value !== 'object' || value === null) return;
    if (depth > jsonDepthMax)
      throw new MalformedBody(400, `The body is nested more than ${jsonDepthMax} levels deep.`);
    if (isList(value)) return this.visitList(value, depth);
    for (const [name, member] of Object.entries(value)) {
      this.keys += 1;
      if (this.keys > this.limits.keysMax) throw tooMany('members', this.limits.keysMax);
      if (name === '__proto__')
        throw new MalformedBody(400, 'The body has a member named __proto__.');
      checkText(name);
      this.visitAt(name, member, depth);
    }
  }

  private visitList(list: readonly Json[], depth: number): void {
    this.items += list.length;
    if (this.items > this.limits.itemsMax) throw tooMany('list elements', this.limits.itemsMax);
    for (const [index, item] of list.entries()) this.visitAt(index, item, depth);
  }

  private visitAt(step: string | number, value: Json, depth: number): void {
    this.path.push(step);
    this.visit(value, depth + 1);
    this.path.pop();
  }

  /** What would come back as another number is refused: the sender could not know. */
  private checkNumber(value: number): void {
    if (!Number.isFinite(value)) throw this.wrongNumber('is larger than a number can be');
    if (Number.isSafeInteger(value) || !Number.isInteger(value)) return;
    this.changed ??= changedIntegers(this.text);
    if (this.changed.has(value))
      throw this.wrongNumber(
        'is an integer beyond 2^53, which can not be kept exactly: send it as text',
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
    throw new MalformedBody(
      400,
      'The body has text with a NUL character, which can not be stored.',
    );
  if (!text.isWellFormed())
    throw new MalformedBody(
      400,
      'The body has text with half of a surrogate pair, which can not be stored.',
    );
}

function tooMany(what: string, most: number): MalformedBody {
  return new MalformedBody(413, `The body has more than ${most} ${what}.`);
}
