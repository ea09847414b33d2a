import type { ScimCaller } from '../auth/scim-caller.js';
import type { JsonObject } from '../scim-core/json.js';
import type { ListQuery } from '../scim-core/resource/list.js';
import type { ProjectionRequest } from '../scim-core/resource/project.js';
import type { ResourceType } from '../scim-core/schema/attribute.js';

/** What a SCIM endpoint of resources can do. Bodies are still a stranger's JSON; answers are ready to send. */
export interface ResourceHandler {
  /** The permissions of the endpoint are this with an operation behind it: `scim:user` and `:create`. */
  readonly permissionPrefix: string;
  readonly type: ResourceType;

  create(caller: ScimCaller, body: unknown, shown: ProjectionRequest): Promise<JsonObject>;
  read(caller: ScimCaller, id: string, shown: ProjectionRequest): Promise<JsonObject>;
  list(caller: ScimCaller, query: ListQuery): Promise<JsonObject>;
  replace(
    caller: ScimCaller,
    id: string,
    body: unknown,
    shown: ProjectionRequest,
  ): Promise<JsonObject>;
  /** @returns undefined where an answer without a body serves the client better */
  patch(
    caller: ScimCaller,
    id: string,
    body: unknown,
    shown: ProjectionRequest,
  ): Promise<JsonObject | undefined>;
  delete(caller: ScimCaller, id: string): Promise<void>;
}
