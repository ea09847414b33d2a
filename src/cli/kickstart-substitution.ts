import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { findEnvironmentVariable } from '../config/environment-variable.js';
import { isJsonObject, type Json } from '../kernel/json.js';
import { CommandError } from './command-error.js';

/** A file may include files that include files; a circle ends here. */
const includeDepthMax = 10;

/** The value of a name that stands in `#{…}`; undefined when it has none. */
export type FindValue = (name: string) => string | undefined;

/** The files of a Kickstart folder, each read once: a pipe has its text only once. */
export class KickstartFiles {
  private readonly texts = new Map<string, string>();

  /** @param folder every path is relative to it, also one in an included file (contract/operations.md §9) */
  constructor(private readonly folder: string) {}

  /** @throws CommandError when there is no such file */
  readText(name: string): string {
    const path = resolve(this.folder, name);
    const text = this.texts.get(path) ?? readFile(path);
    this.texts.set(path, text);
    return text;
  }

  /** @throws CommandError when there is no such file, or it is not JSON */
  readJson(name: string): Json {
    const text = this.readText(name);
    try {
      const value: Json = JSON.parse(text);
      return value;
    } catch {
      throw new CommandError(`The Kickstart file ${resolve(this.folder, name)} is not valid JSON.`);
    }
  }

  /**
   * The value itself, or what stands in the file that it names by `&{file}`: for what must be read before there are
   * variables.
   * @throws CommandError when there is no such file, or it is not JSON
   */
  readIncluded(value: Json | undefined): Json | undefined {
    const name = typeof value === 'string' ? /^&\{([^}]+)\}$/.exec(value)?.[1] : undefined;
    return name === undefined ? value : this.readJson(name);
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new CommandError(`The Kickstart file ${path} cannot be read.`);
  }
}

/** Puts values in place of `#{…}`, and files in place of `@{…}` and `&{…}`. */
export class Substitution {
  constructor(
    private readonly files: KickstartFiles,
    private readonly findValue: FindValue,
  ) {}

  /** @throws CommandError for a name without a value, a missing file, a circle of files */
  apply(value: Json, depth = 0): Json {
    if (typeof value === 'string') return this.applyInclude(value, depth);
    if (isJsonList(value)) return value.map((item) => this.apply(item, depth));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, this.apply(member, depth)]),
    );
  }

  /** @throws CommandError for a name without a value */
  applyText(text: string): string {
    return text.replace(/(\\)?#\{([^}]*)\}/g, (whole, escape: string | undefined, name: string) =>
      escape === undefined ? this.valueOf(name) : whole.slice(1),
    );
  }

  private applyInclude(text: string, depth: number): Json {
    const include = /^([@&])\{([^}]+)\}$/.exec(text);
    if (include === null) return this.applyText(text);
    if (depth >= includeDepthMax)
      throw new CommandError('The Kickstart files include one another without end.');
    const name = this.applyText(include[2] ?? '');
    if (include[1] === '@') return this.applyText(this.files.readText(name));
    return this.apply(this.files.readJson(name), depth + 1);
  }

  private valueOf(name: string): string {
    if (name === 'UUID()') return randomUUID();
    const value = name.startsWith('ENV.')
      ? findEnvironmentVariable(name.slice('ENV.'.length))
      : this.findValue(name);
    if (value === undefined)
      throw new CommandError(`The Kickstart file uses #{${name}}, which has no value.`);
    return value;
  }
}

export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
