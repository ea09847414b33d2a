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
 * hostile sizes, names that reach for prototypes, NUL and lone surrogates.
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
  new Inspection(limits).visit(value, 1);
  return value;
}

/** Walks a value once; the depth is bounded, so the recursion is too. */
class Inspection {
  private keys = 0;
  private items = 0;

  constructor(private readonly limits: JsonLimits) {}

  visit(value: Json, depth: number): void {
    if (typeof value === 'string') return checkText(value);
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
      this.visit(member, depth + 1);
    }
  }

  private visitList(list: readonly Json[], depth: number): void {
    this.items += list.length;
    if (this.items > this.limits.itemsMax) throw tooMany('list elements', this.limits.itemsMax);
    for (const item of list) this.visit(item, depth + 1);
  }
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
