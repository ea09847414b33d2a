import { createHash } from 'node:crypto';
import { isJsonObject, type Json } from '../../src/kernel/json.js';

/** What one play of a conversation has learned, by name. */
export class Memory {
  private readonly values = new Map<string, Json>();

  set(name: string, value: Json): void {
    this.values.set(name, value);
  }

  has(name: string): boolean {
    return this.values.has(name) || name.startsWith('guid:');
  }

  /**
   * The JSON with its `{{name}}`s filled in. A text that is nothing but a name becomes the value itself, also
   * an object. `{{guid:x}}` is made up, the same in every play. `{"$merge": [a, b]}` is `a` with the members of `b` over
   * it: how a client changes what it has read.
   * @throws Error for a name that nothing has been remembered under
   */
  fillIn(json: Json): Json {
    if (typeof json === 'string') return this.fillInText(json);
    if (Array.isArray(json)) return json.map((entry: Json) => this.fillIn(entry));
    if (!isJsonObject(json)) return json;
    const { $merge: parts } = json;
    if (Array.isArray(parts))
      return Object.assign({}, ...parts.map((part: Json) => this.fillIn(part)));
    return Object.fromEntries(
      Object.entries(json).map(([name, value]) => [this.fillInName(name), this.fillIn(value)]),
    );
  }

  /** The same for a text that stays a text, such as a path. */
  fillInName(text: string): string {
    return text.replaceAll(/\{\{([\w:]+)\}\}/g, (_all, name: string) => {
      const value = this.get(name);
      if (typeof value === 'object')
        throw new Error(`{{${name}}} is no text and cannot stand inside one`);
      return String(value);
    });
  }

  private fillInText(text: string): Json {
    const name = /^\{\{([\w:]+)\}\}$/.exec(text)?.[1];
    return name === undefined ? this.fillInName(text) : this.get(name);
  }

  private get(name: string): Json {
    const value = name.startsWith('guid:') ? toGuid(name) : this.values.get(name);
    if (value === undefined) throw new Error(`{{${name}}} is not remembered`);
    return value;
  }
}

/** Follows from the name, so that what two plays come to can be compared. */
function toGuid(name: string): string {
  const digits = createHash('sha256').update(name).digest('hex');
  const [a, b, c, d, e] = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(13, 16),
    digits.slice(17, 20),
    digits.slice(20, 32),
  ];
  return `${a}-${b}-4${c}-8${d}-${e}`;
}

/**
 * The value at a place such as `$.Resources[0].id`; `$` is the whole.
 * @throws Error when there is nothing
 */
export function getAt(json: Json | undefined, place: string): Json {
  const value = findAt(json, place);
  if (value === undefined) throw new Error(`there is nothing to remember at ${place}`);
  return value;
}

/** The same, but undefined when there is nothing. */
export function findAt(json: Json | undefined, place: string): Json | undefined {
  let value = json;
  for (const name of place.match(/[^.[\]]+/g)?.slice(1) ?? []) {
    if (Array.isArray(value)) value = value[Number(name)];
    else value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}
