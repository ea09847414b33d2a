import type { Json, JsonObject } from '../../src/kernel/json.js';
import type { Conversation, NeededAnswer, RecordedRequest, Step } from './conversation.js';
import { findMismatches } from './matcher.js';
import { getAt, Memory } from './memory.js';
import { findBrokenRules, readAnswer, type ScimAnswer } from './scim-answer.js';

/** SCIM-SDK gives up after this time; Okta and Entra wait longer. */
const answerTimeoutMs = 10_000;
const shownBodyMax = 2_000;

/** Where to play and as whom; `headers` are what this client sends with every request. */
export interface ScimConnection {
  readonly baseUrl: string;
  readonly token: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Plays a conversation over HTTP, one request after the other, and checks each answer: what the step needs, and
 * what holds for every answer of a SCIM server.
 * @throws Error at the first step that fails, with all that is wrong there and the answer
 */
export async function play(conversation: Conversation, connection: ScimConnection): Promise<void> {
  const memory = new Memory();
  for (const [list, steps] of Object.entries({
    given: conversation.given,
    steps: conversation.steps,
  })) {
    for (const [index, step] of steps.entries()) {
      for (let n = 1; n <= step.times; n += 1) {
        memory.set('n', n);
        await playStep(step, memory, connection, `${list}[${index}]`);
      }
    }
  }
}

async function playStep(
  step: Step,
  memory: Memory,
  connection: ScimConnection,
  at: string,
): Promise<void> {
  const path = memory.fillInName(step.request.path);
  const answer = await send({ ...step.request, path }, memory, connection);
  const faults = [...findBrokenRules(answer), ...findAnswerFaults(answer, step.answer, memory)];
  if (faults.length > 0) {
    const title = `${at} ${step.request.method} ${path}${step.about === undefined ? '' : ` (${step.about})`}`;
    const shown = `${answer.status} ${answer.text.slice(0, shownBodyMax)}`;
    throw new Error(
      [title, ...faults.map((fault) => `  - ${fault}`), `  answer: ${shown}`].join('\n'),
    );
  }
  for (const [name, place] of Object.entries(step.remember)) {
    memory.set(memory.fillInName(name), getAt(answer.body, place));
  }
}

async function send(
  request: RecordedRequest,
  memory: Memory,
  connection: ScimConnection,
): Promise<ScimAnswer> {
  const headers = new Headers(connection.headers);
  if (request.token !== 'none') {
    headers.set(
      'authorization',
      request.token === 'bare' ? connection.token : `Bearer ${connection.token}`,
    );
  }
  if (request.body !== undefined && !headers.has('content-type')) {
    headers.set('content-type', 'application/scim+json');
  }
  for (const [name, value] of Object.entries(request.headers))
    headers.set(name, String(memory.fillIn(value)));
  const response = await fetch(connection.baseUrl + toUrlPath(request.path), {
    method: request.method,
    headers,
    body: request.body === undefined ? null : JSON.stringify(memory.fillIn(request.body)),
    redirect: 'manual',
    signal: AbortSignal.timeout(answerTimeoutMs),
  });
  return readAnswer(response);
}

/** Encodes the values of the query as a client does: `+`, brackets and quotes of a filter, and spaces as %20. */
function toUrlPath(path: string): string {
  const [, route = '', query] = /^([^?]*)(?:\?(.*))?$/.exec(path) ?? [];
  if (query === undefined) return route;
  const parameters = query.split('&').map((parameter) => {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/.exec(parameter) ?? [];
    return value === undefined ? name : `${name}=${encodeURIComponent(value)}`;
  });
  return `${route}?${parameters.join('&')}`;
}

function findAnswerFaults(
  answer: ScimAnswer,
  needed: NeededAnswer | undefined,
  memory: Memory,
): readonly string[] {
  if (!needed) return answer.status >= 200 && answer.status < 300 ? [] : ['preparing needs a 2xx'];
  const statuses = needed.statuses.includes(answer.status)
    ? []
    : [`needed status ${needed.statuses.join(' or ')}`];
  return [
    ...statuses,
    ...findHeaderFaults(answer, needed.headers, memory),
    ...findBodyFaults(answer, needed, memory),
  ];
}

function findHeaderFaults(
  answer: ScimAnswer,
  needed: JsonObject,
  memory: Memory,
): readonly string[] {
  return Object.entries(needed).flatMap(([name, value]) =>
    findMismatches(answer.headers.get(name) ?? undefined, memory.fillIn(value), `header ${name}`),
  );
}

/** Where the client takes a 204 besides a 200, the body is checked only if there is one. */
function findBodyFaults(
  answer: ScimAnswer,
  needed: NeededAnswer,
  memory: Memory,
): readonly string[] {
  const isBodyOptional =
    answer.status === 204 && needed.statuses.length > 1 && needed.statuses.includes(204);
  if (needed.body === undefined || isBodyOptional) return [];
  const body: Json = memory.fillIn(needed.body);
  return findMismatches(answer.body, body);
}
