import { type ApiKeyDraft, superKeyDraft } from '../auth/api-key.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { CommandError } from './command-error.js';
import { parseKickstartId } from './kickstart-file.js';

/** One API key of the file: what it may do, its own text, and its id where the file chooses one. */
export interface KickstartKey {
  readonly draft: ApiKeyDraft;
  readonly text: string;
  readonly id: string | undefined;
}

/**
 * Reads an entry of `apiKeys` (contract/operations.md §9). Nearly every member makes a key weaker, so one that can not
 * be read must stop the start: a key without it would open more than the file says.
 * @throws CommandError that names the member
 */
export function toKickstartKey(key: JsonObject, index: number): KickstartKey {
  const read = new Members(key, `apiKeys[${index}]`);
  const text = read.text('key');
  if (text === undefined)
    throw new CommandError('Each API key of the Kickstart file must have a key.');
  if (key.ipAccessControlListId !== undefined) {
    throw read.refusal(
      'ipAccessControlListId',
      'can not be used: this server does not restrict keys to addresses, and without it the key would be open to all',
    );
  }
  const description = read.text('description');
  const draft: ApiKeyDraft = {
    ...superKeyDraft,
    name: read.text('name'),
    tenantId: read.id('tenantId'),
    isKeyManager: read.flag('keyManager') ?? false,
    isRetrievable: read.flag('retrievable') ?? true,
    endpoints: toEndpoints(read),
    attributes: description === undefined ? {} : { description },
    expires: read.instant('expirationInstant'),
  };
  return { draft, text, id: read.id('id') };
}

/** A key with fewer characters than this may be found by somebody who tries for long enough. */
export const apiKeyCharactersSafe = 24;

/** Where in the file the keys stand that could be guessed. They are taken: published files have such keys. */
export function findShortKeys(keys: readonly KickstartKey[]): readonly string[] {
  return keys.flatMap(({ text }, index) =>
    text.length < apiKeyCharactersSafe ? [`apiKeys[${index}].key`] : [],
  );
}

/** An empty map means everything, so what can not be read must not become one. */
function toEndpoints(key: Members): ApiKeyDraft['endpoints'] {
  const endpoints = key.object('permissions')?.object('endpoints');
  if (endpoints === undefined) return {};
  return Object.fromEntries(endpoints.names().map((name) => [name, endpoints.texts(name)]));
}

/** The members of an object in the file, each absent or of its type; `null` is neither. */
class Members {
  constructor(
    private readonly source: JsonObject,
    private readonly path: string,
  ) {}

  names(): string[] {
    return Object.keys(this.source);
  }

  text(name: string): string | undefined {
    const value = this.source[name];
    if (value === undefined || typeof value === 'string') return value;
    throw this.refusal(name, 'must be text');
  }

  id(name: string): string | undefined {
    return parseKickstartId(this.pathOf(name), this.text(name));
  }

  flag(name: string): boolean | undefined {
    const value = this.source[name];
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.refusal(name, 'must be true or false');
  }

  instant(name: string): number | undefined {
    const value = this.source[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.refusal(name, 'must be a whole number of milliseconds');
  }

  object(name: string): Members | undefined {
    const value = this.source[name];
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return new Members(value, this.pathOf(name));
    throw this.refusal(name, 'must be an object');
  }

  texts(name: string): readonly string[] {
    const value = this.source[name];
    if (value !== undefined && isTextList(value)) return value;
    throw this.refusal(name, 'must be a list of methods');
  }

  refusal(name: string, words: string): CommandError {
    return new CommandError(`In the Kickstart file, ${this.pathOf(name)} ${words}.`);
  }

  private pathOf(name: string): string {
    return /^[A-Za-z]+$/.test(name) ? `${this.path}.${name}` : `${this.path}[${name}]`;
  }
}

function isTextList(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
