import type { PartOutcome } from '../directory/batch.service.js';
import type { BulkEntry, BulkOperation } from '../scim-core/bulk/bulk-operation.js';
import { pathReferenceOf } from '../scim-core/bulk/bulk-references.js';
import type { BulkStep } from '../scim-core/bulk/plan-bulk.js';
import type { JsonObject } from '../scim-core/json.js';
import { badRequest, quoted, ScimError, toErrorBody } from '../scim-core/scim-error.js';
import type { AdmittedOperation, BulkSuccess, BulkTask, PreparedOperation } from './bulk-tasks.js';

/** What a run has to work with. */
export interface BulkSurroundings {
  /** One for each operation, by its index. */
  readonly operations: readonly PreparedOperation[];
  readonly failOnErrors: number | undefined;
  readonly tasksOf: (operations: readonly AdmittedOperation[]) => readonly BulkTask[];
  readonly part: <Result>(work: () => Promise<Result>) => Promise<PartOutcome<Result>>;
  readonly tell: (error: unknown) => ScimError;
}

interface Failure {
  readonly error: unknown;
}

/** The most operations that share a savepoint. */
const partLengthMax = 100;

/**
 * Does the steps of a Bulk request one after the other and keeps account of them (RFC 7644 §3.7): what was made and may
 * be referred to, what failed, and when it is enough.
 */
export class BulkRun {
  private readonly answers = new Map<number, JsonObject>();
  private readonly made = new Set<string>();
  /** How many operations the next parts have, the next one last. */
  private readonly lengths: number[] = [];
  /** How many the parts after them have: fewer after a failure, so that a request of failures is not done twice. */
  private pace = partLengthMax;
  private errors = 0;

  constructor(private readonly surroundings: BulkSurroundings) {}

  /** The answers of all operations that were tried, in the order of the request. */
  async run(steps: readonly BulkStep[]): Promise<JsonObject[]> {
    let next = 0;
    while (next < steps.length && !this.isOver()) {
      const stretch = this.clearFrom(steps.slice(next, next + (this.lengths.pop() ?? this.pace)));
      if (stretch.length > 1) {
        next += await this.tryStretch(stretch);
        continue;
      }
      const step = steps[next];
      if (step !== undefined) await this.take(step);
      next += 1;
    }
    return [...this.answers].sort(([a], [b]) => a - b).map(([, answer]) => answer);
  }

  private async take(step: BulkStep): Promise<void> {
    if (step.kind === 'alone') await this.tryAlone(step.entry);
    else if (step.kind === 'together') await this.tryTogether(step.operations);
    else this.failAll(step.operations, (operation) => this.refusalOf(operation) ?? noEnd);
  }

  /** The operations at the beginning of the steps of which nothing is known that would make them fail. */
  private clearFrom(steps: readonly BulkStep[]): BulkOperation[] {
    const clear: BulkOperation[] = [];
    const names = new Set<string>();
    for (const step of steps) {
      if (step.kind !== 'alone' || step.entry.kind === 'malformed') break;
      if (this.obstacleOf(step.entry, names) !== undefined) break;
      clear.push(step.entry);
      addName(names, step.entry);
    }
    return clear;
  }

  /**
   * Does several that stand alone in one part, in fewer statements than in a part for each. If it fails, all of it is
   * undone and done again in smaller parts, down to the single operation whose failure it is: the outcome is that of a
   * part for each.
   * @returns how many of them are done with
   */
  private async tryStretch(operations: readonly BulkOperation[]): Promise<number> {
    const done: BulkSuccess[] = [];
    const outcome = await this.surroundings.part(async () => {
      for (const task of this.tasksOf(operations)) done.push(...(await task()));
    });
    if (!outcome.isDone) {
      const first = done.length > 0 ? done.length : Math.ceil(operations.length / 2);
      this.lengths.push(operations.length - first, first);
      return 0;
    }
    this.succeedAll(operations, done);
    return operations.length;
  }

  private async tryAlone(entry: BulkEntry): Promise<void> {
    if (entry.kind === 'malformed') return this.fail(entry, entry.error);
    const obstacle = this.obstacleOf(entry, new Set());
    if (obstacle !== undefined) return this.fail(entry, obstacle.error);
    const outcome = await this.surroundings.part(() => this.doEach([entry]));
    if (outcome.isDone) return this.succeedAll([entry], outcome.result);
    this.pace = 1;
    this.fail(entry, outcome.error);
  }

  /** Each of them has the ids of others in it: were one left without them, it would refer to nobody. */
  private async tryTogether(operations: readonly BulkOperation[]): Promise<void> {
    const names = new Set<string>();
    for (const operation of operations) addName(names, operation);
    const obstacles = operations.map((operation) => this.obstacleOf(operation, names));
    const hindered = operations.filter((_, place) => obstacles[place] !== undefined);
    if (hindered.length > 0)
      return this.failTogether(
        operations,
        hindered,
        (operation) => obstacles[operations.indexOf(operation)],
      );

    let current = 0;
    const outcome = await this.surroundings.part(() =>
      this.doEach(operations, (place) => {
        current = place;
      }),
    );
    if (outcome.isDone) return this.succeedAll(operations, outcome.result);
    this.failTogether(operations, operations.slice(current, current + 1), () => outcome);
  }

  private async doEach(
    operations: readonly BulkOperation[],
    begin: (place: number) => void = () => undefined,
  ): Promise<BulkSuccess[]> {
    const done: BulkSuccess[] = [];
    for (const [place, operation] of operations.entries()) {
      begin(place);
      for (const task of this.tasksOf([operation])) done.push(...(await task()));
    }
    return done;
  }

  /** Why an operation can not be tried now; what `names` stand for will be there when it is done, or is undone with it. */
  private obstacleOf(operation: BulkOperation, names: ReadonlySet<string>): Failure | undefined {
    const refusal = this.refusalOf(operation);
    if (refusal !== undefined) return refusal;
    for (const bulkId of operation.references) {
      const isThere = this.made.has(bulkId) || names.has(bulkId);
      if (!isThere) return { error: this.unresolved(bulkId) };
    }
    return undefined;
  }

  private refusalOf({ index }: BulkOperation): Failure | undefined {
    const prepared = this.surroundings.operations[index];
    return prepared !== undefined && 'refusal' in prepared ? prepared.refusal : undefined;
  }

  private tasksOf(operations: readonly BulkOperation[]): readonly BulkTask[] {
    const admitted = operations.map(({ index }) => {
      const prepared = this.surroundings.operations[index];
      if (prepared === undefined || 'refusal' in prepared)
        throw new Error('what is refused is not tried');
      return prepared;
    });
    return this.surroundings.tasksOf(admitted);
  }

  private unresolved(bulkId: string): ScimError {
    const isNamed = this.surroundings.operations.some(
      ({ entry }) => entry.method === 'POST' && entry.bulkId === bulkId,
    );
    return badRequest(
      'invalidValue',
      isNamed
        ? `The POST with the bulkId ${quoted(bulkId)} failed, so there is nothing to refer to.`
        : `No POST of this request has the bulkId ${quoted(bulkId)}.`,
    );
  }

  private succeedAll(operations: readonly BulkOperation[], done: readonly BulkSuccess[]): void {
    this.pace = Math.min(this.pace * 2, partLengthMax);
    for (const [place, operation] of operations.entries()) {
      const success = done[place];
      if (success === undefined) throw new Error('every operation that was done has told what');
      const { status, location, version } = success;
      addName(this.made, operation);
      this.answers.set(operation.index, {
        ...nameOf(operation),
        ...(version === undefined ? {} : { version }),
        location,
        status: String(status),
      });
    }
  }

  private fail(entry: BulkEntry, error: unknown): void {
    const told = this.surroundings.tell(error);
    const location = this.locationOf(entry);
    this.errors += 1;
    this.answers.set(entry.index, {
      ...nameOf(entry),
      ...(location === undefined ? {} : { location }),
      status: String(told.status),
      response: toErrorBody(told),
    });
  }

  /** Of what was not made there is none (RFC 7644 §3.7). */
  private locationOf(entry: BulkEntry): string | undefined {
    if (entry.kind === 'malformed' || entry.method === 'POST') return undefined;
    const bulkId = pathReferenceOf(entry);
    const isThere = bulkId === undefined || this.made.has(bulkId);
    return isThere ? this.surroundings.operations[entry.index]?.location : undefined;
  }

  /** Those that failed by themselves are told first: should it be enough after them, the reason is in the answer. */
  private failTogether(
    operations: readonly BulkOperation[],
    causes: readonly BulkOperation[],
    why: (operation: BulkOperation) => Failure | undefined,
  ): void {
    const others = operations.filter((operation) => !causes.includes(operation));
    this.failAll(causes, (operation) => why(operation) ?? fellTogether);
    this.failAll(others, () => fellTogether);
  }

  /** What would be beyond `failOnErrors` is left out like all that was not tried: nothing of it was done. */
  private failAll(
    operations: readonly BulkOperation[],
    why: (operation: BulkOperation) => Failure,
  ): void {
    for (const operation of operations) {
      if (this.isOver()) return;
      this.fail(operation, why(operation).error);
    }
  }

  private isOver(): boolean {
    const { failOnErrors } = this.surroundings;
    return failOnErrors !== undefined && this.errors >= failOnErrors;
  }
}

/** The names of what operations make; what a name of another operation stands for is not made. */
function addName(names: Set<string>, { method, bulkId }: BulkOperation): void {
  if (method === 'POST' && bulkId !== undefined) names.add(bulkId);
}

/** RFC 7644 §3.7.1 leaves it to the server to give up on a circle, and says with what. */
const noEnd = {
  error: new ScimError(
    409,
    undefined,
    'These operations refer to each other in a circle: a group can not hold itself, not even through others.',
  ),
};

const fellTogether = {
  error: badRequest(
    'invalidValue',
    'An operation that this one refers to, and which refers to this one, failed.',
  ),
};

function nameOf({ method, bulkId }: BulkEntry): JsonObject {
  return {
    ...(method === undefined ? {} : { method }),
    ...(bulkId === undefined ? {} : { bulkId }),
  };
}
