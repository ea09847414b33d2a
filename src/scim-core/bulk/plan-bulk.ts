import { groupResourceType } from '../schema/resource-types.js';
import type { BulkEntry, BulkOperation } from './bulk-operation.js';
import { strongComponents } from './strong-components.js';

/** What is done next of a Bulk request. */
export type BulkStep =
  | { readonly kind: 'alone'; readonly entry: BulkEntry }
  /** They refer to each other and the result is legal: all of them succeed, in this order, or none. */
  | { readonly kind: 'together'; readonly operations: readonly BulkOperation[] }
  /** They refer to each other in a way that no order satisfies. */
  | { readonly kind: 'impossible'; readonly operations: readonly BulkOperation[] };

/**
 * The order in which the operations can be done: what makes a resource is drawn forward before the first that refers to
 * it, and all else stays in the order of the request. Circles are told apart (RFC 7644 §3.7.1): ids are chosen before
 * anything is done, so two people can name each other as manager; but a member of a group must be there, and so groups
 * that hold each other are impossible, as they would be one by one.
 */
export function planBulk(entries: readonly BulkEntry[]): readonly BulkStep[] {
  const makers = makersOf(entries);
  const edges = entries.map((entry) =>
    entry.kind === 'operation' ? dependenciesOf(entry, makers) : [],
  );
  return strongComponents(edges).flatMap((component): BulkStep[] => {
    const members = component.flatMap((index) => entries[index] ?? []);
    const [entry] = members;
    const isCircle = members.length > 1 || edges[entry?.index ?? -1]?.includes(entry?.index ?? -1);
    if (entry === undefined) return [];
    return [isCircle ? planCircle(members.filter(isOperation), edges) : { kind: 'alone', entry }];
  });
}

function planCircle(
  operations: readonly BulkOperation[],
  edges: readonly (readonly number[])[],
): BulkStep {
  const places = new Map(operations.map(({ index }, place) => [index, place]));
  const strict = operations.map((operation) =>
    needsExisting(operation)
      ? (edges[operation.index] ?? []).flatMap((index) => places.get(index) ?? [])
      : [],
  );
  const components = strongComponents(strict);
  const isPossible = components.every(
    ([place = 0, ...others]) => others.length === 0 && !strict[place]?.includes(place),
  );
  if (!isPossible) return { kind: 'impossible', operations };
  const ordered = components.flat().flatMap((place) => operations[place] ?? []);
  return { kind: 'together', operations: ordered };
}

/** Members of a group must be there (RFC 7643 §4.2); what a person refers to is free text. */
function needsExisting({ endpoint }: BulkOperation): boolean {
  return `/${endpoint}` === groupResourceType.endpoint;
}

/** Which operation makes the resource of a bulkId. */
function makersOf(entries: readonly BulkEntry[]): ReadonlyMap<string, number> {
  const makers = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind === 'operation' && entry.method === 'POST' && entry.bulkId !== undefined)
      makers.set(entry.bulkId, entry.index);
  }
  return makers;
}

function dependenciesOf(
  operation: BulkOperation,
  makers: ReadonlyMap<string, number>,
): readonly number[] {
  const indexes = [...operation.references].flatMap((bulkId) => makers.get(bulkId) ?? []);
  return indexes.sort((a, b) => a - b);
}

function isOperation(entry: BulkEntry): entry is BulkOperation {
  return entry.kind === 'operation';
}
