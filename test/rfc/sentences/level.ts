/** How binding a sentence is: M must, S should, O optional, I outside the standard, yet clients need it. */
export type Level = 'M' | 'S' | 'O' | 'I';

/** One sentence of the standard, told in our words as what this server does. */
export interface Sentence {
  readonly level: Level;
  /** Where the standard has it. */
  readonly source: string;
  readonly does: string;
  /** What was chosen where the standard leaves it open. */
  readonly choice?: string;
  /** For options that this server does without; the test then shows that it says so. */
  readonly isOffered: boolean;
}

type Define = (source: string, does: string, choice?: string) => Sentence;

function level(level: Level, isOffered = true): Define {
  return (source, does, choice) => ({
    level,
    source,
    does,
    isOffered,
    ...(choice === undefined ? {} : { choice }),
  });
}

export const must = level('M');
export const should = level('S');
export const may = level('O');
export const needed = level('I');
export const notOffered = level('O', false);
export const notOfferedMust = level('M', false);
