import type { ScimCaller } from '../auth/scim-caller.js';
import type { HashedPassword } from '../directory/password-hasher.js';
import type { JsonObject } from '../scim-core/json.js';
import type { ListQuery } from '../scim-core/resource/list.js';
import type { ProjectionRequest } from '../scim-core/resource/project.js';
import type { ResourceType } from '../scim-core/schema/attribute.js';
import type { Preconditions } from './entity-tag.js';

/** One resource as it is answered. */
export interface ResourceAnswer {
  readonly id: string;
  /** The entity tag, as it stands in `meta.version` (RFC 7644 §3.14). */
  readonly version: string;
  /** Ready to send; undefined where an answer without a body serves the client better, or where it has it already. */
  readonly resource: JsonObject | undefined;
}

/** What a read may ask beside the resource. */
export interface ReadOptions {
  readonly shown: ProjectionRequest;
  /** `If-None-Match` with the version of the resource makes an answer without it: the client has it already. */
  readonly preconditions: Preconditions;
}

/** What comes with a write beside its body. */
export interface WriteOptions {
  readonly shown: ProjectionRequest;
  /** The write is refused when they do not hold (RFC 7644 §3.14). */
  readonly preconditions: Preconditions;
  /** How a password is hashed. Outside of every transaction: it is meant to take its time. */
  readonly hashPassword: (password: string) => Promise<HashedPassword>;
}

/** A resource to be made among others. */
export interface Creation {
  readonly body: unknown;
  /** Promised already. */
  readonly id: string;
  readonly options: WriteOptions;
}

/** What a SCIM endpoint of resources can do. Bodies are still a stranger's JSON; answers are ready to send. */
export interface ResourceHandler {
  /** The permissions of the endpoint are this with an operation behind it: `scim:user` and `:create`. */
  readonly permissionPrefix: string;
  readonly type: ResourceType;
  /** @param id of the new resource, where the caller has promised one already */
  create(
    caller: ScimCaller,
    body: unknown,
    options: WriteOptions,
    id?: string,
  ): Promise<ResourceAnswer>;
  /**
   * Makes all of them or none, in fewer statements than one by one; there only where it is so. The answers are without
   * resources.
   */
  createAll?(caller: ScimCaller, creations: readonly Creation[]): Promise<ResourceAnswer[]>;
  read(caller: ScimCaller, id: string, options: ReadOptions): Promise<ResourceAnswer>;
  list(caller: ScimCaller, query: ListQuery): Promise<JsonObject>;
  replace(
    caller: ScimCaller,
    id: string,
    body: unknown,
    options: WriteOptions,
  ): Promise<ResourceAnswer>;
  patch(
    caller: ScimCaller,
    id: string,
    body: unknown,
    options: WriteOptions,
  ): Promise<ResourceAnswer>;
  delete(caller: ScimCaller, id: string, preconditions: Preconditions): Promise<void>;
}
