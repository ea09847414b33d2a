import type { Conversation, RecordedRequest, Step } from './conversation.js';

/** One sending of a step; a step with `times` has several. */
export interface Turn {
  readonly step: Step;
  /** What `{{n}}` stands for. */
  readonly n: number;
  /** Its place in the file, such as `steps[3]`. */
  readonly at: string;
  /** Whether it has left its place, so that its answer may be another one than the file tells. */
  readonly isMoved: boolean;
}

/** A conversation as it was recorded. */
export function toTurns(conversation: Conversation): readonly Turn[] {
  const { given, steps } = conversation;
  return Object.entries({ given, steps }).flatMap(([list, parts]) =>
    parts.flatMap((step, index) =>
      Array.from({ length: step.times }, (_, before) => ({
        step,
        n: before + 1,
        at: `${list}[${index}]`,
        isMoved: false,
      })),
    ),
  );
}

/**
 * Another order that must come to the same end. A read from which nothing is remembered goes anywhere; of the rest,
 * neighbours that are marked `anyOrder` change places, and so do the sendings of one step. Nobody speaks of what is
 * not remembered yet.
 */
export function reorder(turns: readonly Turn[], seed: number): readonly Turn[] {
  const stretches = findStretches(turns);
  const waitsFor = turns.map((turn, index) => [
    ...findSources(turns, index),
    ...(isFree(turn)
      ? []
      : stretches.flatMap((stretch, other) =>
          stretch !== undefined && stretch < (stretches[index] ?? 0) ? [other] : [],
        )),
  ]);
  return draw(turns, waitsFor, seed).map((turn) => ({
    ...turn,
    isMoved: isFree(turn) || turn.step.anyOrder,
  }));
}

/**
 * Any order in which nobody speaks of what is not remembered yet, such as a change after the deletion. What it comes
 * to is anybody's guess.
 */
export function scramble(turns: readonly Turn[], seed: number): readonly Turn[] {
  const waitsFor = turns.map((_turn, index) => findSources(turns, index));
  return draw(turns, waitsFor, seed).map((turn) => ({ ...turn, isMoved: true }));
}

/** The names that a request speaks of, made-up ones left out. */
export function findNames({ path, headers, body }: RecordedRequest, n: number): readonly string[] {
  const text = JSON.stringify([path, headers, body ?? null]).replaceAll('{{n}}', String(n));
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].flatMap(([, name]) => name ?? []);
}

/** Whether a request changes nothing. */
export function isRead({ method, path }: RecordedRequest): boolean {
  return method === 'GET' || /\/\.search(\?|$)/.test(path);
}

function isFree({ step }: Turn): boolean {
  return isRead(step.request) && Object.keys(step.remember).length === 0;
}

/** The stretch of the conversation that each turn stays in, counted from the start; none for those that are free. */
function findStretches(turns: readonly Turn[]): readonly (number | undefined)[] {
  let stretch = 0;
  let last: Step | undefined;
  return turns.map((turn) => {
    if (isFree(turn)) return undefined;
    const { step } = turn;
    const isSame = step === last || (step.anyOrder && last?.anyOrder === true);
    if (!isSame) stretch += 1;
    last = step;
    return stretch;
  });
}

/** The earlier turns that remember what this one speaks of. */
function findSources(turns: readonly Turn[], index: number): readonly number[] {
  const turn = turns[index];
  const names = new Set(turn ? findNames(turn.step.request, turn.n) : []);
  return turns.slice(0, index).flatMap(({ step, n }, source) => {
    const remembered = Object.keys(step.remember).map((name) => name.replaceAll('{{n}}', `${n}`));
    return remembered.some((name) => names.has(name)) ? [source] : [];
  });
}

/** Draws one after the other from those that need not wait. */
function draw(
  turns: readonly Turn[],
  waitsFor: readonly (readonly number[])[],
  seed: number,
): readonly Turn[] {
  const random = toRandom(seed);
  const open = new Set(turns.keys());
  const drawn: Turn[] = [];
  while (open.size > 0) {
    const ready = [...open].filter((index) => !waitsFor[index]?.some((other) => open.has(other)));
    const index = ready[Math.floor(random() * ready.length)];
    const turn = index === undefined ? undefined : turns[index];
    if (index === undefined || turn === undefined) throw new Error('turns wait for each other');
    open.delete(index);
    drawn.push(turn);
  }
  return drawn;
}

/** Numbers from 0 up to 1 that follow from the seed (mulberry32), so that an order can be played again. */
function toRandom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
