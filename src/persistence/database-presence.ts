import type { DomainError } from '../kernel/domain-error.js';
import { databaseUnavailable } from './database-error.js';

type Listener = (error: DomainError) => void;

/** Something asked of the database that has no answer yet. */
interface Question {
  readonly answersBefore: number;
  readonly giveUp: () => void;
  stepsLeft: number;
}

/** How a question ended. */
export interface Asked {
  /** The database has answered, be it with an error. */
  answered(): void;
  /** No answer will come: the way to the database is broken. */
  failed(cause: unknown): void;
}

/** Time is measured in steps of this length. */
const stepMs = 100;

/**
 * Whether a database behind a network is there, as its answers and its silences tell. Whoever waits for a turn waits
 * for others to be served, which takes its time on a busy database and never ends on one that is gone: so those who
 * wait listen here.
 *
 * A process that is busy itself reads an answer late, and its timers fire before it reads. So silence is not measured
 * by the clock but in steps between which everything that has arrived was read.
 */
export class DatabasePresence {
  private answers = 0;
  private readonly questions = new Set<Question>();
  private readonly listeners = new Set<Listener>();
  private ticker: NodeJS.Timeout | undefined;

  /**
   * To be called when something is asked of the database.
   * @param limitMs how long it may be silent, give or take a step
   * @param giveUp called once when it was silent for longer; ends the connection
   */
  ask(limitMs: number, giveUp: () => void): Asked {
    const question: Question = {
      answersBefore: this.answers,
      giveUp,
      // The first step may end at once.
      stepsLeft: Math.ceil(limitMs / stepMs) + 1,
    };
    this.questions.add(question);
    this.ticker ??= setInterval(() => this.step(), stepMs).unref();
    return {
      answered: () => {
        this.answers += 1;
        this.questions.delete(question);
      },
      failed: (cause) => {
        if (this.questions.delete(question)) this.missed(question, cause);
      },
    };
  }

  /**
   * Asks to be told each time the database is found gone.
   * @returns ends that
   */
  onGone(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private step(): void {
    if (this.questions.size === 0) {
      clearInterval(this.ticker);
      this.ticker = undefined;
    }
    for (const question of [...this.questions]) {
      question.stepsLeft -= 1;
      if (question.stepsLeft > 0) continue;
      this.questions.delete(question);
      question.giveUp();
      this.missed(question, new Error('The database was silent.'));
    }
  }

  /** A single connection may break: the database is gone if nobody else was answered since the question either. */
  private missed(question: Question, cause: unknown): void {
    if (this.answers > question.answersBefore) return;
    const error = databaseUnavailable(cause);
    for (const listener of [...this.listeners]) listener(error);
  }
}
