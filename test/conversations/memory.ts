import { randomUUID } from 'node:crypto';
import { isJsonObject, type Json } from '../../src/kernel/json.js';

/** What one play of a conversation has learned, by name. */
export class Memory {
  private readonly values = new Map<string, Json>();

  set(name: string, value: Json): void {
    this.values.set(name, value);
  }

  /**
   * The JSON with its `{{name}}`s filled in. A text that is nothing but a name becomes the value itself, also
   * an object. `{{guid:x}}` is made up when first met. `{"$merge": [a, b]}` is `a` with the members of `b` over
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
    if (name.startsWith('guid:') && !this.values.has(name)) this.values.set(name, randomUUID());
    const value = this.values.get(name);
    if (value === undefined) throw new Error(`{{${name}}} is not remembered`);
    return value;
  }
}

/**
 * The value at a place such as `$.Resources[0].id`; `$` is the whole.
 * @throws Error when there is nothing
 */
export function getAt(json: Json | undefined, place: string): Json {
  let value = json;
  for (const name of place.match(/[^.[\]]+/g)?.slice(1) ?? []) {
    if (Array.isArray(value)) value = value[Number(name)];
    else value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  if (value === undefined) throw new Error(`there is nothing to remember at ${place}`);
  return value;
}
