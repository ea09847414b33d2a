import type { JsonObject } from '../kernel/json.js';
import type { EntityType } from './entity-type.js';

/** What a caller decides about an entity. `clientId` and `clientSecret` are made when not given. */
export interface EntityDraft {
  readonly name: string;
  readonly typeId: string;
  readonly clientId?: string | undefined;
  /** Undefined keeps the one that is there. */
  readonly clientSecret?: string | undefined;
  readonly parentId: string | undefined;
  readonly data: JsonObject;
}

/** A machine, an API, a company: an OAuth client, and the target of grants. It never carries its secret. */
export interface Entity {
  readonly id: string;
  readonly tenantId: string;
  readonly type: EntityType;
  readonly clientId: string;
  readonly name: string;
  readonly parentId: string | undefined;
  readonly data: JsonObject;
  readonly version: number;
  readonly created: number;
  readonly changed: number;
}

/** An entity together with its secret, where that may be shown; undefined where only a digest is kept. */
export interface EntityWithSecret {
  readonly entity: Entity;
  readonly clientSecret: string | undefined;
}
