import { MalformedBody } from './malformed-body.js';

/** Objects and lists inside one another. */
export const jsonDepthMax = 32;

/** Members of all objects together, and elements of all lists together, by the size that the route allows. */
export interface JsonLimits {
  readonly keysMax: number;
  readonly itemsMax: number;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
const space = 0x20;

/**
 * Counts what a JSON text would become, and stops at the first byte that is one too many: nothing has been made of the
 * text until then. Whether it is JSON at all is the parser's question.
 * @throws MalformedBody
 */
export function checkJsonSize(bytes: Buffer, limits: JsonLimits): void {
  const isList = new Uint8Array(jsonDepthMax + 1);
  let depth = 0;
  let keys = 0;
  let items = 0;
  let isFirst = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte <= space) continue;
    if (isFirst) {
      isFirst = false;
      if (byte !== closeList) items = count(items, limits.itemsMax, 'list elements');
    }
    switch (byte) {
      case quote:
        index = endOfText(bytes, index);
        break;
      case openList:
      case openObject:
        depth += 1;
        if (depth > jsonDepthMax) throw tooDeep();
        isFirst = byte === openList;
        isList[depth] = isFirst ? 1 : 0;
        break;
      case closeList:
      case closeObject:
        depth -= 1;
        if (depth < 0) return;
        break;
      case comma:
        if (isList[depth] === 1) items = count(items, limits.itemsMax, 'list elements');
        break;
      case colon:
        keys = count(keys, limits.keysMax, 'members');
        break;
      default:
    }
  }
}

/** @returns the index of the closing quote, or the text's end when there is none */
function endOfText(bytes: Buffer, start: number): number {
  let index = start + 1;
  while (index < bytes.length && bytes[index] !== quote) {
    index += bytes[index] === backslash ? 2 : 1;
  }
  return index;
}

function count(before: number, most: number, what: string): number {
  if (before < most) return before + 1;
  throw new MalformedBody(413, `The body has more than ${most} ${what}.`);
}

function tooDeep(): MalformedBody {
  return new MalformedBody(400, `The body is nested more than ${jsonDepthMax} levels deep.`);
}
