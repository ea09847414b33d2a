import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { findEnvironmentVariable } from '../config/environment-variable.js';
import { canonicalId, isUuid } from '../kernel/ids.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { CommandError } from './command-error.js';

/** A file may include files that include files; a circle ends here. */
const includeDepthMax = 10;

/** One request that the file wants sent, with the first API key. */
export interface KickstartRequest {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly tenantId: string | undefined;
  readonly contentType: string;
  readonly body: Json | undefined;
}

/** A Kickstart file (contract/operations.md §9) with everything in it put in place. */
export interface Kickstart {
  readonly defaultTenantId: string | undefined;
  readonly apiKeys: readonly JsonObject[];
  readonly requests: readonly KickstartRequest[];
}

/**
 * Reads a Kickstart file: JSON in which `#{name}` is a variable, `#{ENV.NAME}` one of the environment,
 * `#{UUID()}` a new id, `@{file}` a file as text and `&{file}` a file as JSON.
 * @throws CommandError when the file is missing, not JSON, or asks for something that is not there
 */
export function readKickstart(file: string): Kickstart {
  const path = resolve(file);
  const document = parse(path);
  const variables = readVariables(document.variables);
  const resolved = new Substitution(variables, dirname(path)).apply(document, 0);
  if (!isJsonObject(resolved))
    throw new CommandError(`The Kickstart file ${file} must hold a JSON object.`);
  const { apiKeys, requests = [] } = resolved;
  if (!isList(apiKeys) || apiKeys.length === 0 || !apiKeys.every(isJsonObject)) {
    throw new CommandError(`The Kickstart file ${file} must list at least one API key in apiKeys.`);
  }
  if (!isList(requests))
    throw new CommandError(`In the Kickstart file ${file}, requests must be a list.`);
  return {
    defaultTenantId: parseKickstartId('defaultTenantId', variables.get('defaultTenantId')),
    apiKeys,
    requests: requests.map(toRequest),
  };
}

/**
 * An id that the file gives, in the form in which ids are kept.
 * @throws CommandError for text that is no UUID
 */
export function parseKickstartId(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!isUuid(text)) throw new CommandError(`In the Kickstart file, ${name} must be a UUID.`);
  return canonicalId(text);
}

function parse(path: string): JsonObject {
  const document = parseJson(path, readText(path));
  if (!isJsonObject(document))
    throw new CommandError(`The Kickstart file ${path} must hold a JSON object.`);
  return document;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new CommandError(`The Kickstart file ${path} can not be read.`);
  }
}

function parseJson(path: string, text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    throw new CommandError(`The Kickstart file ${path} is not valid JSON.`);
  }
}

/** Variables may use the environment and `UUID()`, each resolved once: the id is the same wherever it is used. */
function readVariables(value: Json | undefined): Map<string, string> {
  const variables = new Map<string, string>();
  const substitution = new Substitution(variables, '.');
  for (const [name, text] of Object.entries(isJsonObject(value) ? value : {})) {
    if (typeof text !== 'string')
      throw new CommandError(`The Kickstart variable ${name} must be text.`);
    variables.set(name, substitution.applyText(text));
  }
  if (!variables.has('defaultTenantId')) return variables;
  variables.set('FUSIONAUTH_TENANT_ID', variables.get('defaultTenantId') ?? '');
  return variables;
}

class Substitution {
  constructor(
    private readonly variables: ReadonlyMap<string, string>,
    private readonly folder: string,
  ) {}

  apply(value: Json, depth: number): Json {
    if (typeof value === 'string') return this.applyInclude(value, depth);
    if (isList(value)) return value.map((item) => this.apply(item, depth));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, this.apply(member, depth)]),
    );
  }

  applyText(text: string): string {
    return text.replace(/(\\)?#\{([^}]*)\}/g, (whole, escape: string | undefined, name: string) =>
      escape === undefined ? this.resolve(name) : whole.slice(1),
    );
  }

  private applyInclude(text: string, depth: number): Json {
    const include = /^([@&])\{([^}]+)\}$/.exec(text);
    if (include === null) return this.applyText(text);
    if (depth >= includeDepthMax)
      throw new CommandError('The Kickstart files include one another without end.');
    const path = resolve(this.folder, this.applyText(include[2] ?? ''));
    const content = readText(path);
    if (include[1] === '@') return this.applyText(content);
    return new Substitution(this.variables, dirname(path)).apply(
      parseJson(path, content),
      depth + 1,
    );
  }

  private resolve(name: string): string {
    if (name === 'UUID()') return randomUUID();
    const value = name.startsWith('ENV.')
      ? findEnvironmentVariable(name.slice('ENV.'.length))
      : this.variables.get(name);
    if (value === undefined)
      throw new CommandError(`The Kickstart file uses #{${name}}, which has no value.`);
    return value;
  }
}

function toRequest(value: Json, index: number): KickstartRequest {
  const request = isJsonObject(value) ? value : {};
  const { method, url, tenantId, contentType, body } = request;
  if (method !== 'POST' && method !== 'PUT' && method !== 'PATCH') {
    throw new CommandError(
      `Request ${index + 1} of the Kickstart file must have the method POST, PUT or PATCH.`,
    );
  }
  if (typeof url !== 'string' || !url.startsWith('/')) {
    throw new CommandError(
      `Request ${index + 1} of the Kickstart file must have a url that begins with a slash.`,
    );
  }
  return {
    method,
    url,
    tenantId: typeof tenantId === 'string' ? tenantId : undefined,
    contentType: typeof contentType === 'string' ? contentType : 'application/json',
    body,
  };
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
