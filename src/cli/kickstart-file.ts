import { basename, dirname, resolve } from 'node:path';
import { canonicalId, isUuid } from '../kernel/ids.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { CommandError } from './command-error.js';
import { anyBuiltIns } from './kickstart-built-ins.js';
import {
  type FindValue,
  isJsonList,
  KickstartFiles,
  Substitution,
} from './kickstart-substitution.js';

/** One request that the file wants sent, with the first API key. */
export interface KickstartRequest {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly tenantId: string | undefined;
  readonly contentType: string;
  readonly body: Json | undefined;
}

/** What the file wants done (contract/operations.md §9), with everything in it put in place. */
export interface Kickstart {
  readonly apiKeys: readonly JsonObject[];
  readonly requests: readonly KickstartRequest[];
}

/** A Kickstart file as it was read. Some of its variables have a value only once there is an installation. */
export interface KickstartFile {
  readonly defaultTenantId: string | undefined;
  /** @throws CommandError for a file that asks for something that is not there */
  resolve(builtIns: FindValue): Kickstart;
}

/**
 * Reads a Kickstart file: JSON in which `#{name}` is a variable, `#{ENV.NAME}` one of the environment,
 * `#{UUID()}` a new id, `@{file}` a file as text and `&{file}` a file as JSON.
 * @throws CommandError when the file is missing, not JSON, or asks for something that is not there
 */
export function readKickstart(file: string): KickstartFile {
  const path = resolve(file);
  const files = new KickstartFiles(dirname(path));
  const document = files.readJson(basename(path));
  if (!isJsonObject(document))
    throw new CommandError(`The Kickstart file ${path} must hold a JSON object.`);
  const variables = new Variables(document.variables, files);
  const kickstart: KickstartFile = {
    defaultTenantId: parseKickstartId('defaultTenantId', variables.find('defaultTenantId')),
    resolve: (builtIns) =>
      toKickstart(path, new Substitution(files, variables.with(builtIns)).apply(document)),
  };
  // A fault is told before the database is opened.
  kickstart.resolve(anyBuiltIns);
  return kickstart;
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

/**
 * The file's variables. Each is resolved once, in the order of the file, so that an id is the same wherever it is used;
 * one that rests on a built-in variable waits until those are known.
 */
class Variables {
  private readonly values = new Map<string, string>();
  private readonly waiting = new Map<string, string>();

  constructor(
    value: Json | undefined,
    private readonly files: KickstartFiles,
  ) {
    const variables = files.readIncluded(value) ?? {};
    if (!isJsonObject(variables))
      throw new CommandError('In the Kickstart file, variables must be an object.');
    for (const [name, text] of Object.entries(variables)) {
      if (typeof text !== 'string')
        throw new CommandError(`The Kickstart variable ${name} must be text.`);
      this.read(name, text);
    }
  }

  find(name: string): string | undefined {
    return this.values.get(name);
  }

  /** All variables, the built-in ones among them: those win over a variable of the same name. */
  with(builtIns: FindValue): FindValue {
    const late = new Map<string, string>();
    const find: FindValue = (name) => builtIns(name) ?? late.get(name) ?? this.values.get(name);
    const substitution = new Substitution(this.files, find);
    for (const [name, text] of this.waiting) late.set(name, toVariable(name, text, substitution));
    return find;
  }

  private read(name: string, text: string): void {
    let mustWait = false;
    const find: FindValue = (other) => {
      const isLate = this.waiting.has(other) || anyBuiltIns(other) !== undefined;
      mustWait ||= isLate;
      return isLate ? '' : this.values.get(other);
    };
    const value = toVariable(name, text, new Substitution(this.files, find));
    if (!mustWait) this.values.set(name, value);
    else if (name !== 'defaultTenantId') this.waiting.set(name, text);
    else
      throw new CommandError('The Kickstart variable defaultTenantId cannot use a built-in one.');
  }
}

function toVariable(name: string, text: string, substitution: Substitution): string {
  const value = substitution.apply(text);
  if (typeof value === 'string') return value;
  throw new CommandError(
    `The Kickstart variable ${name} must be text; the JSON file that it names holds something else.`,
  );
}

function toKickstart(path: string, document: Json): Kickstart {
  if (!isJsonObject(document))
    throw new CommandError(`The Kickstart file ${path} must hold a JSON object.`);
  const { apiKeys, requests = [] } = document;
  if (!isJsonList(apiKeys) || apiKeys.length === 0 || !apiKeys.every(isJsonObject))
    throw new CommandError(`The Kickstart file ${path} must list at least one API key in apiKeys.`);
  if (!isJsonList(requests))
    throw new CommandError(`In the Kickstart file ${path}, requests must be a list.`);
  return { apiKeys, requests: requests.map(toRequest) };
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
  if (tenantId !== undefined && typeof tenantId !== 'string') {
    throw new CommandError(`In request ${index + 1} of the Kickstart file, tenantId must be text.`);
  }
  if (contentType !== undefined && typeof contentType !== 'string') {
    throw new CommandError(
      `In request ${index + 1} of the Kickstart file, contentType must be text.`,
    );
  }
  return { method, url, tenantId, contentType: contentType ?? 'application/json', body };
}
