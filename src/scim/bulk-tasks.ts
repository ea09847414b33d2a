import type { ScimCaller } from '../auth/scim-caller.js';
import type { BulkEntry, BulkOperation } from '../scim-core/bulk/bulk-operation.js';
import type { Json } from '../scim-core/json.js';
import type { ResourceHandler, WriteOptions } from './resource-handler.js';

/** What an operation did, as far as the answer tells it (RFC 7644 §3.7). */
export interface BulkSuccess {
  readonly status: number;
  /** The URL of its resource. */
  readonly location: string;
  readonly version: string | undefined;
}

/** An operation of a Bulk request, and how it is done or why it is not. */
export type PreparedOperation = AdmittedOperation | RefusedOperation;

/** One that may be tried. */
export interface AdmittedOperation {
  readonly entry: BulkOperation;
  readonly handler: ResourceHandler;
  /** With ids in the place of its references. */
  readonly data: Json | undefined;
  /** The id of its resource, also of one that is to be made. */
  readonly id: string;
  readonly location: string;
  readonly options: WriteOptions;
}

/** One that is not even tried. */
export interface RefusedOperation {
  readonly entry: BulkEntry;
  /** Of the resource that it is about, where that is known. */
  readonly location: string | undefined;
  readonly refusal: { readonly error: unknown };
}

/** Does some of the operations and tells their successes, in their order. @throws whatever one alone is refused with */
export type BulkTask = () => Promise<readonly BulkSuccess[]>;

/** The operations in their order, cut into as few tasks as can be: neighbours that make the like are made together. */
export function toTasks(
  caller: ScimCaller,
  operations: readonly AdmittedOperation[],
): readonly BulkTask[] {
  const tasks: BulkTask[] = [];
  let makers: AdmittedOperation[] = [];
  for (const operation of operations) {
    const { entry, handler } = operation;
    if (entry.method !== 'POST' || handler.createAll === undefined) {
      makers = [];
      tasks.push(async () => [await perform(caller, operation)]);
    } else if (makers[0]?.handler === handler) {
      makers.push(operation);
    } else {
      const together = [operation];
      makers = together;
      tasks.push(() => createAll(caller, together));
    }
  }
  return tasks;
}

async function createAll(
  caller: ScimCaller,
  operations: readonly AdmittedOperation[],
): Promise<readonly BulkSuccess[]> {
  const [first] = operations;
  const creations = operations.map(({ data, id, options }) => ({ body: data, id, options }));
  const answers = (await first?.handler.createAll?.(caller, creations)) ?? [];
  return answers.map(({ version }, index) => {
    return { status: 201, location: operations[index]?.location ?? '', version };
  });
}

async function perform(caller: ScimCaller, operation: AdmittedOperation): Promise<BulkSuccess> {
  const { entry, handler, data, id, location, options } = operation;
  switch (entry.method) {
    case 'POST': {
      const { version } = await handler.create(caller, data, options, id);
      return { status: 201, location, version };
    }
    case 'PUT': {
      const { version } = await handler.replace(caller, id, data, options);
      return { status: 200, location, version };
    }
    case 'PATCH': {
      const { version } = await handler.patch(caller, id, data, options);
      return { status: 200, location, version };
    }
    case 'DELETE':
      await handler.delete(caller, id, options.preconditions);
      return { status: 204, location, version: undefined };
  }
}
