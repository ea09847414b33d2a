import { isJsonObject, type Json, type JsonObject } from '../../src/kernel/json.js';

/** How a request names its caller: with a bearer token, with nothing, or with the token alone, its scheme left out. */
type Credential = 'bearer' | 'none' | 'bare';

/** A request as the client sends it; `{{name}}` in its texts stands for a remembered value. */
export interface RecordedRequest {
  readonly method: string;
  /** Below the base URL and not percent-encoded, so that a filter can be read. */
  readonly path: string;
  readonly headers: JsonObject;
  readonly body: Json | undefined;
  readonly token: Credential;
}

/** What the client needs back: one of these statuses, and headers and body that match (see `matcher.ts`). */
export interface NeededAnswer {
  readonly statuses: readonly number[];
  readonly headers: JsonObject;
  readonly body: Json | undefined;
}

/** One request and its answer. Without an `answer` it only prepares, and any 2xx will do. */
export interface Step {
  readonly about: string | undefined;
  /** How often to send it; `{{n}}` counts from 1. */
  readonly times: number;
  readonly request: RecordedRequest;
  readonly answer: NeededAnswer | undefined;
  /** A name for a place in the answer's body, such as `$.Resources[0].id`. */
  readonly remember: Readonly<Record<string, string>>;
  /** Whether it may change places with those neighbours that say so too, and all comes to the same. */
  readonly anyOrder: boolean;
}

/** What one client says and needs to hear, from an empty tenant to its end. */
export interface Conversation {
  readonly about: string;
  readonly source: string;
  readonly given: readonly Step[];
  readonly steps: readonly Step[];
}

/**
 * Reads a conversation from the JSON of its file. A misspelt member is a fault, since it would otherwise be a
 * check that is never made; so is a step without a response that is not in `given`.
 * @throws Error naming the place
 */
export function parseConversation(json: unknown): Conversation {
  const file = getObject(json, '$', ['about', 'source', 'given', 'steps']);
  const steps = getList(file.steps, '$.steps').map((step, index) =>
    parseStep(step, `$.steps[${index}]`),
  );
  const silent = steps.findIndex((step) => step.answer === undefined);
  if (silent >= 0) throw new Error(`$.steps[${silent}] has no response to check`);
  if (steps.length === 0) throw new Error('$.steps is empty');
  return {
    about: getText(file.about, '$.about'),
    source: getText(file.source, '$.source'),
    given: getList(file.given ?? [], '$.given').map((step, index) =>
      parseStep(step, `$.given[${index}]`),
    ),
    steps,
  };
}

function parseStep(json: unknown, at: string): Step {
  const step = getObject(json, at, [
    'about',
    'times',
    'anyOrder',
    'request',
    'response',
    'remember',
  ]);
  return {
    about: step.about === undefined ? undefined : getText(step.about, `${at}.about`),
    times: step.times === undefined ? 1 : getNumber(step.times, `${at}.times`),
    anyOrder: step.anyOrder === undefined ? false : getBoolean(step.anyOrder, `${at}.anyOrder`),
    request: parseRequest(step.request, `${at}.request`),
    answer: step.response === undefined ? undefined : parseAnswer(step.response, `${at}.response`),
    remember: Object.fromEntries(
      Object.entries(getObject(step.remember ?? {}, `${at}.remember`)).map(([name, place]) => [
        name,
        getText(place, `${at}.remember.${name}`),
      ]),
    ),
  };
}

function parseRequest(json: unknown, at: string): RecordedRequest {
  const request = getObject(json, at, ['method', 'path', 'headers', 'body', 'token']);
  const token = request.token ?? 'bearer';
  if (token !== 'bearer' && token !== 'none' && token !== 'bare')
    throw new Error(`${at}.token is unknown`);
  return {
    method: getText(request.method, `${at}.method`),
    path: getText(request.path, `${at}.path`),
    headers: getObject(request.headers ?? {}, `${at}.headers`),
    body: request.body,
    token,
  };
}

function parseAnswer(json: unknown, at: string): NeededAnswer {
  const answer = getObject(json, at, ['status', 'headers', 'body']);
  const statuses = Array.isArray(answer.status) ? answer.status : [answer.status];
  return {
    statuses: statuses.map((status) => getNumber(status, `${at}.status`)),
    headers: getObject(answer.headers ?? {}, `${at}.headers`),
    body: answer.body,
  };
}

function getObject(json: unknown, at: string, known?: readonly string[]): JsonObject {
  if (!isJsonObject(json)) throw new Error(`${at} is not an object`);
  const stranger = Object.keys(json).find((name) => known && !known.includes(name));
  if (stranger !== undefined) throw new Error(`${at}.${stranger} is unknown`);
  return json;
}

function getList(json: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(json)) throw new Error(`${at} is not a list`);
  return json;
}

function getText(json: unknown, at: string): string {
  if (typeof json !== 'string') throw new Error(`${at} is not a text`);
  return json;
}

function getNumber(json: unknown, at: string): number {
  if (typeof json !== 'number') throw new Error(`${at} is not a number`);
  return json;
}

function getBoolean(json: unknown, at: string): boolean {
  if (typeof json !== 'boolean') throw new Error(`${at} is not a Boolean`);
  return json;
}
