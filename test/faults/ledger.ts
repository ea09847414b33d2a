import { isDeepStrictEqual } from 'node:util';

/** Everything that can be read of one object. */
export type Fact = Readonly<Record<string, unknown>>;

/** What is there, by names that a client chose. */
export type Facts = ReadonlyMap<string, Fact>;

/** What a write makes of the objects that it touches; undefined takes one away. */
export type Change = ReadonlyMap<string, Fact | undefined>;

/**
 * What must be true of a server's objects by the answers that it gave. No two writes that are under way touch the same
 * object, so there is always one truth, or two while a write has no answer.
 */
export class Ledger {
  private facts = new Map<string, Fact>();
  private readonly unanswered: Change[] = [];

  /** What is there for certain, and untouched by a write without an answer. */
  get known(): Facts {
    return this.facts;
  }

  /** A write was answered with success: from now on it must be there. */
  answered(change: Change): void {
    this.apply(change);
  }

  /** A write had no answer: it is there whole or not at all. */
  lost(change: Change): void {
    this.unanswered.push(change);
  }

  /**
   * Compares with what was read when nothing was under way, and goes on from there.
   * @returns a sentence for each thing that is not as it must be
   */
  judge(found: Facts): string[] {
    const complaints: string[] = [];
    for (const change of this.unanswered.splice(0)) {
      const touched = [...change.keys()];
      const isAs = (wanted: (key: string) => Fact | undefined) =>
        touched.every((key) => isDeepStrictEqual(found.get(key), wanted(key)));
      const isBefore = isAs((key) => this.facts.get(key));
      const isAfter = isAs((key) => change.get(key));
      if (!isBefore && !isAfter) {
        const states = touched.map(
          (key) =>
            `${difference(key, this.facts.get(key), found.get(key))}, would be ${told(change.get(key))}`,
        );
        complaints.push(`A write without an answer is there in part: ${states.join('; ')}`);
      }
      // What was complained of is not complained of again.
      this.apply(new Map(touched.map((key) => [key, found.get(key)])));
    }
    for (const key of new Set([...this.facts.keys(), ...found.keys()])) {
      if (isDeepStrictEqual(this.facts.get(key), found.get(key))) continue;
      complaints.push(`Not as answered: ${difference(key, this.facts.get(key), found.get(key))}`);
    }
    this.facts = new Map(found);
    return complaints;
  }

  private apply(change: Change): void {
    for (const [key, fact] of change) {
      if (fact === undefined) this.facts.delete(key);
      else this.facts.set(key, fact);
    }
  }
}

function difference(key: string, known: Fact | undefined, found: Fact | undefined): string {
  return `${key} was ${told(known)}, is ${told(found)}`;
}

function told(fact: Fact | undefined): string {
  return fact === undefined ? 'nothing' : JSON.stringify(fact);
}
