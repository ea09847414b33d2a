import type { ScimCaller } from '../../src/auth/scim-caller.js';
import { Configuration } from '../../src/config/configuration.js';
import { GroupService } from '../../src/directory/group.service.js';
import { UserService } from '../../src/directory/user.service.js';
import { Clock } from '../../src/kernel/clock.js';
import { DomainError } from '../../src/kernel/domain-error.js';
import { SecretBox } from '../../src/keys/secret-box.js';
import { GroupHandler } from '../../src/scim/group.handler.js';
import { Paging } from '../../src/scim/paging.js';
import type { ResourceHandler } from '../../src/scim/resource-handler.js';
import { UserHandler } from '../../src/scim/user.handler.js';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../src/scim-core/json.js';
import { countMax, parseListQuery } from '../../src/scim-core/resource/list.js';
import { ScimError } from '../../src/scim-core/scim-error.js';
import { tenantContext } from '../../src/tenants/tenant-context.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import type { TestRooms } from '../support/rooms.js';
import type { GeneratedResource, GeneratedStore } from './generated-users.js';

const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const shown = { attributes: undefined, excludedAttributes: undefined };

/** What a database made of a store: which resources came to be, and each as it is read. */
export interface MadeStore {
  readonly refused: readonly string[];
  readonly users: readonly JsonObject[];
  readonly groups: readonly JsonObject[];
}

/** A tenant of one database, reached through what serves SCIM there, but for HTTP. */
export class FilterStore {
  private constructor(
    private readonly rooms: TestRooms,
    private readonly caller: ScimCaller,
    private readonly users: ResourceHandler,
    private readonly groups: ResourceHandler,
  ) {}

  static async open(rooms: TestRooms, name: string): Promise<FilterStore> {
    const { tenantId } = await rooms.aTenant(name);
    const clientEntityId = 'c0000000-0000-4000-8000-000000000000';
    const caller: ScimCaller = {
      context: tenantContext(
        { actor: { kind: 'scim_client', id: clientEntityId }, requestId: 'test' },
        tenantId,
      ),
      tenant: await rooms.get(TenantService).getDefault(),
      clientEntityId,
      permissions: new Set(),
    };
    const paging = new Paging(rooms.get(SecretBox), rooms.get(Clock));
    const configuration = rooms.get(Configuration);
    return new FilterStore(
      rooms,
      caller,
      new UserHandler(rooms.get(UserService), paging, configuration),
      new GroupHandler(rooms.get(GroupService), paging, configuration),
    );
  }

  async fill({ users, groups }: GeneratedStore): Promise<MadeStore> {
    const refused = [
      ...(await this.makeAll(this.users, users)),
      ...(await this.makeAll(this.groups, groups)),
    ];
    return {
      refused,
      users: await this.readAll(this.users, users, refused),
      groups: await this.readAll(this.groups, groups, refused),
    };
  }

  /** The ids that a filter finds, or the type of the error that it is refused with. */
  async find(kind: 'users' | 'groups', filter: string): Promise<readonly Json[] | string> {
    const query = parseListQuery({ filter, attributes: 'id', count: String(countMax) });
    try {
      const { Resources } = await this[kind].list(this.caller, query);
      return isJsonList(Resources)
        ? Resources.map((each) => (isJsonObject(each) ? (each.id ?? '') : ''))
        : [];
    } catch (error) {
      if (error instanceof ScimError) return String(error.scimType);
      throw error;
    }
  }

  private async makeAll(
    handler: ResourceHandler,
    resources: readonly GeneratedResource[],
  ): Promise<string[]> {
    const refused: string[] = [];
    for (const { id, body, waitMs, changedAfterMs, changes } of resources) {
      this.rooms.clock.advance(waitMs);
      const isMade = await succeeds(() => handler.create(this.caller, body, writeOptions, id));
      if (!isMade) refused.push(id);
      if (!isMade || changedAfterMs === undefined) continue;
      this.rooms.clock.advance(changedAfterMs);
      const patch = { schemas: [patchUrn], Operations: [{ op: 'replace', value: changes }] };
      // An address may be somebody else's: then nothing is changed, in any of the databases.
      await succeeds(() => handler.patch(this.caller, id, patch, writeOptions));
    }
    return refused;
  }

  private async readAll(
    handler: ResourceHandler,
    resources: readonly GeneratedResource[],
    refused: readonly string[],
  ): Promise<JsonObject[]> {
    const read: JsonObject[] = [];
    for (const { id } of resources.filter((each) => !refused.includes(each.id))) {
      const { resource } = await handler.read(this.caller, id, { shown, preconditions: {} });
      if (resource) read.push(resource);
    }
    return read;
  }
}

const writeOptions = {
  shown,
  preconditions: {},
  hashPassword: () => Promise.reject(new Error('nobody generated has a password')),
};

/** A name that is taken or missing is a fact of the store; anything else is a fault of ours. */
async function succeeds(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof DomainError || error instanceof ScimError) return false;
    throw error;
  }
}
