import type { Json } from '../json.js';
import type { ScimError } from '../scim-error.js';

/** What an operation may do (RFC 7644 §3.7). */
export type BulkMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One operation of a Bulk request, its form proven; whether its endpoint exists is not known yet. */
export interface BulkOperation {
  readonly kind: 'operation';
  /** Where it stood in the request, from 0. */
  readonly index: number;
  readonly method: BulkMethod;
  /** The client's name for it; of a POST, also the name of what it makes. */
  readonly bulkId: string | undefined;
  /** The first segment of the path: `Users`. */
  readonly endpoint: string;
  /** The second one, which may be `bulkId:x`; a POST has none. */
  readonly id: string | undefined;
  /** The entity tag that the resource must have (RFC 7644 §3.14). */
  readonly version: string | undefined;
  /** What would be the body of the request alone; a DELETE has none. */
  readonly data: Json | undefined;
  /** The bulkIds that it refers to in its path or its data, none twice (RFC 7644 §3.7.2). */
  readonly references: ReadonlySet<string>;
}

/** An operation that can not be understood. That is its own fault and not the request's. */
export interface MalformedOperation {
  readonly kind: 'malformed';
  readonly index: number;
  readonly error: ScimError;
  /** As far as they were texts, for the answer. */
  readonly method: string | undefined;
  readonly bulkId: string | undefined;
}

export type BulkEntry = BulkOperation | MalformedOperation;

/** A Bulk request that was read (RFC 7644 §3.7). */
export interface BulkRequest {
  /** After so many errors the rest is not tried; undefined: all is tried (RFC 7644 §3.7.3). */
  readonly failOnErrors: number | undefined;
  /** One for each operation, in the order of the request. */
  readonly entries: readonly BulkEntry[];
}
