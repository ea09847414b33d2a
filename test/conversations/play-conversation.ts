import { isJsonObject, type JsonObject } from '../../src/kernel/json.js';
import type { Conversation, NeededAnswer, RecordedRequest } from './conversation.js';
import { sendHttp } from '../support/http-client.js';
import { findMismatches } from './matcher.js';
import { findAt, getAt, Memory } from './memory.js';
import { findNames, isRead, toTurns, type Turn } from './order.js';
import { isAnsweredAlike, toRepeatedStatus } from './repetition.js';
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

/** How a conversation is played: as it was recorded, unless it says otherwise. */
export interface Manner {
  /** Sends every request of the client's twice; the repetition is answered as `toRepeatedStatus` has it. */
  readonly isDoubled?: boolean;
  /** Another order of it. What has moved is checked by its status alone, and by what holds for every answer. */
  readonly turns?: readonly Turn[];
  /** Checks nothing but what holds for every answer, and leaves out what speaks of something that never came. */
  readonly isLenient?: boolean;
}

/**
 * Plays a conversation over HTTP, one request after the other, and checks each answer: what the step needs, and
 * what holds for every answer of a SCIM server.
 * @throws Error at the first step that fails, with all that is wrong there and the answer
 */
export async function play(
  conversation: Conversation,
  connection: ScimConnection,
  manner: Manner = {},
): Promise<void> {
  const memory = new Memory();
  for (const turn of manner.turns ?? toTurns(conversation)) {
    memory.set('n', turn.n);
    const names = findNames(turn.step.request, turn.n);
    if (manner.isLenient && !names.every((name) => memory.has(name))) continue;
    const play = new Play(turn, memory, connection, manner);
    const first = await play.sendOnce();
    const isPreparation = turn.step.answer === undefined;
    if (manner.isDoubled && !isPreparation) await play.sendAgain(first);
  }
}

/** One turn of a play: what is sent stays the same, also where its own answer gives a name another value. */
class Play {
  private readonly request: RecordedRequest;
  private readonly needed: NeededAnswer | undefined;

  constructor(
    private readonly turn: Turn,
    private readonly memory: Memory,
    private readonly connection: ScimConnection,
    private readonly manner: Manner,
  ) {
    const { request, answer } = turn.step;
    this.request = fillInRequest(request, memory);
    this.needed = isStrict(turn, manner) ? answer && fillInAnswer(answer, memory) : answer;
  }

  async sendOnce(): Promise<ScimAnswer> {
    const answer = await send(this.request, this.connection);
    this.check(answer, this.findFaults(answer), '');
    this.remember(answer);
    return answer;
  }

  async sendAgain(first: ScimAnswer): Promise<void> {
    const answer = await send(this.request, this.connection);
    const status = toRepeatedStatus(this.request, {
      status: first.status,
      version: first.headers.get('etag') ?? undefined,
    });
    const faults = answer.status === status ? [] : [`the repetition needs status ${status}`];
    const isSame = faults.length === 0 && status === first.status && isAnsweredAlike(this.request);
    this.check(answer, [...faults, ...(isSame ? this.findFaults(answer) : [])], ', sent again');
    if (isSame) this.remember(answer);
  }

  private findFaults(answer: ScimAnswer): readonly string[] {
    if (this.manner.isLenient) return [];
    if (this.turn.isMoved) return findMovedFaults(this.request, answer, this.needed);
    return findAnswerFaults(answer, this.needed);
  }

  private check(answer: ScimAnswer, faults: readonly string[], when: string): void {
    const { at, step } = this.turn;
    const all = [...findBrokenRules(answer, isByCursor(this.request)), ...faults];
    if (all.length === 0) return;
    const about = step.about === undefined ? '' : ` (${step.about})`;
    const title = `${at} ${this.request.method} ${this.request.path}${when}${about}`;
    const shown = `${answer.status} ${answer.text.slice(0, shownBodyMax)}`;
    throw new Error(
      [title, ...all.map((fault) => `  - ${fault}`), `  answer: ${shown}`].join('\n'),
    );
  }

  private remember(answer: ScimAnswer): void {
    for (const [name, place] of Object.entries(this.turn.step.remember)) {
      const value = this.manner.isLenient ? findAt(answer.body, place) : getAt(answer.body, place);
      if (value !== undefined) this.memory.set(this.memory.fillInName(name), value);
    }
  }
}

/** Whether the body of the answer will be looked at, and with it what names stand for in it. */
function isStrict(turn: Turn, manner: Manner): boolean {
  return !turn.isMoved && !manner.isLenient;
}

function fillInRequest(request: RecordedRequest, memory: Memory): RecordedRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    memory.fillIn(value),
  ]);
  return {
    ...request,
    path: memory.fillInName(request.path),
    headers: Object.fromEntries(headers),
    body: request.body === undefined ? undefined : memory.fillIn(request.body),
  };
}

function fillInAnswer(needed: NeededAnswer, memory: Memory): NeededAnswer {
  const headers = Object.entries(needed.headers).map(([name, value]) => [
    name,
    memory.fillIn(value),
  ]);
  return {
    ...needed,
    headers: Object.fromEntries(headers),
    body: needed.body === undefined ? undefined : memory.fillIn(needed.body),
  };
}

/** A list by cursor is known by its request: its last page looks like any other list. */
function isByCursor({ path, body }: RecordedRequest): boolean {
  return /[?&]cursor(=|&|$)/.test(path) || (isJsonObject(body) && body.cursor !== undefined);
}

async function send(request: RecordedRequest, connection: ScimConnection): Promise<ScimAnswer> {
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
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
  const answer = await sendHttp(connection.baseUrl + toUrlPath(request.path), {
    method: request.method,
    headers: Object.fromEntries(headers),
    timeoutMs: answerTimeoutMs,
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
  return readAnswer(answer);
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

/**
 * A read of one resource may come before what it reads is there, or after it is gone, and a version may be the
 * current one or not; of no other request does the status hang on the order.
 */
function findMovedFaults(
  request: RecordedRequest,
  answer: ScimAnswer,
  needed: NeededAnswer | undefined,
): readonly string[] {
  const { status } = answer;
  const { statuses = [] } = needed ?? {};
  const hasCondition = request.headers['if-none-match'] !== undefined;
  const isEither =
    isRead(request) &&
    (status === 404 ||
      (status === 200 && (statuses.includes(404) || hasCondition)) ||
      (status === 304 && hasCondition));
  return isEither ? [] : findStatusFaults(answer, needed);
}

function findStatusFaults(answer: ScimAnswer, needed: NeededAnswer | undefined): readonly string[] {
  if (!needed) return answer.status >= 200 && answer.status < 300 ? [] : ['preparing needs a 2xx'];
  return needed.statuses.includes(answer.status)
    ? []
    : [`needed status ${needed.statuses.join(' or ')}`];
}

function findAnswerFaults(answer: ScimAnswer, needed: NeededAnswer | undefined): readonly string[] {
  const faults = findStatusFaults(answer, needed);
  return needed === undefined
    ? faults
    : [...faults, ...findHeaderFaults(answer, needed.headers), ...findBodyFaults(answer, needed)];
}

function findHeaderFaults(answer: ScimAnswer, needed: JsonObject): readonly string[] {
  return Object.entries(needed).flatMap(([name, value]) =>
    findMismatches(answer.headers.get(name) ?? undefined, value, `header ${name}`),
  );
}

/** Where the client takes a 204 besides a 200, the body is checked only if there is one. */
function findBodyFaults(answer: ScimAnswer, needed: NeededAnswer): readonly string[] {
  const isBodyOptional =
    answer.status === 204 && needed.statuses.length > 1 && needed.statuses.includes(204);
  return needed.body === undefined || isBodyOptional
    ? []
    : findMismatches(answer.body, needed.body);
}
