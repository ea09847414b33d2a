import { Injectable, Logger } from '@nestjs/common';
import type { ScimCaller } from '../auth/scim-caller.js';
import { Configuration } from '../config/configuration.js';
import { BatchService } from '../directory/batch.service.js';
import { type HashedPassword, PasswordHasher } from '../directory/password-hasher.js';
import { newId } from '../kernel/ids.js';
import type { BulkEntry, BulkMethod } from '../scim-core/bulk/bulk-operation.js';
import { resolveReferences } from '../scim-core/bulk/bulk-references.js';
import { parseBulkRequest } from '../scim-core/bulk/parse-bulk-request.js';
import { planBulk } from '../scim-core/bulk/plan-bulk.js';
import type { JsonObject } from '../scim-core/json.js';
import { findCoreAttribute } from '../scim-core/schema/attribute-ref.js';
import type { Operation } from './authorize.js';
import { findPassword } from './bulk-passwords.js';
import { BulkRun } from './bulk-run.js';
import { type AdmittedOperation, type PreparedOperation, toTasks } from './bulk-tasks.js';
import { Endpoints } from './endpoints.js';
import type { ResourceHandler, WriteOptions } from './resource-handler.js';
import { scimBaseUrl } from './scim-base.js';
import { tellError } from './tell-error.js';

const bulkResponseUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

const permissions: Readonly<Record<BulkMethod, Operation>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'update',
  DELETE: 'delete',
};

/** The answer of an operation names its resource and does not show it: nothing is looked up for that. */
const shown: WriteOptions['shown'] = { attributes: ['id'] };

/** The ids of the resources that a request makes, by their bulkIds. */
type PromisedIds = ReadonlyMap<string, string>;

/** Many requests in one (RFC 7644 §3.7): one transaction, in which each operation stands alone. */
@Injectable()
export class BulkService {
  private readonly logger = new Logger(BulkService.name);
  private readonly baseUrl: string;

  constructor(
    private readonly endpoints: Endpoints,
    private readonly batch: BatchService,
    private readonly passwords: PasswordHasher,
    configuration: Configuration,
  ) {
    this.baseUrl = scimBaseUrl(configuration);
  }

  /**
   * The whole BulkResponse, the errors of operations in it.
   * @throws ScimError for what is no BulkRequest; DomainError unavailable, and then nothing was done
   */
  async run(caller: ScimCaller, body: unknown): Promise<JsonObject> {
    const { entries, failOnErrors } = parseBulkRequest(body);
    const steps = planBulk(entries);
    const ids = promiseIds(entries);
    const operations = await this.withHashes(
      caller,
      entries.map((entry) => this.prepare(caller, entry, ids)),
    );
    const answers = await this.batch.run(caller.context, () =>
      new BulkRun({
        operations,
        failOnErrors,
        part: (work) => this.batch.part(work),
        tasksOf: (admitted) => toTasks(caller, admitted),
        tell: (error) => tellError(error, caller.context.requestId, this.logger),
      }).run(steps),
    );
    return { schemas: [bulkResponseUrn], Operations: answers };
  }

  /** Each operation needs the permission that it would need alone. */
  private prepare(caller: ScimCaller, entry: BulkEntry, ids: PromisedIds): PreparedOperation {
    if (entry.kind === 'malformed')
      return { entry, location: undefined, refusal: { error: entry.error } };
    const { id, data } =
      entry.references.size === 0 ? entry : resolveReferences(entry, (bulkId) => ids.get(bulkId));
    try {
      const { method, endpoint, version } = entry;
      const permission = permissions[method];
      const handler = this.endpoints.authorized(caller, endpoint, permission, method, id);
      const known = id ?? ids.get(entry.bulkId ?? '') ?? '';
      const location = this.urlOf(endpoint, known);
      return { entry, handler, data, id: known, location, options: this.options(caller, version) };
    } catch (error) {
      return { entry, location: this.urlOf(entry.endpoint, id ?? ''), refusal: { error } };
    }
  }

  /** Before the transaction, which must not wait for it; and only of those who may set a password. */
  private async withHashes(
    caller: ScimCaller,
    operations: readonly PreparedOperation[],
  ): Promise<readonly PreparedOperation[]> {
    const found = operations.map((operation) =>
      'refusal' in operation ? undefined : passwordOf(operation),
    );
    const texts = found.filter((password) => password !== undefined);
    if (texts.length === 0) return operations;
    const outcomes = (await this.passwords.hashEach(caller.context, texts)).values();
    return operations.map((operation, index) => {
      const password = found[index];
      if (password === undefined || 'refusal' in operation) return operation;
      const { value: outcome } = outcomes.next();
      return {
        ...operation,
        options: this.options(caller, operation.entry.version, password, outcome),
      };
    });
  }

  /** A password that was not seen beforehand is hashed when it is met. */
  private options(
    caller: ScimCaller,
    ifMatch: string | undefined,
    known?: string,
    outcome?: HashedPassword | Error,
  ): WriteOptions {
    const hashPassword = async (password: string): Promise<HashedPassword> => {
      if (password !== known || outcome === undefined)
        return this.passwords.hash(caller.context, password);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    };
    return { shown, preconditions: { 'if-match': ifMatch }, hashPassword };
  }

  private urlOf(endpoint: string, id: string): string {
    return `${this.baseUrl}/${endpoint}/${encodeURIComponent(id)}`;
  }
}

function passwordOf({ handler, data }: AdmittedOperation): string | undefined {
  return data !== undefined && hasPassword(handler) ? findPassword(data) : undefined;
}

function hasPassword({ type }: ResourceHandler): boolean {
  return findCoreAttribute(type, 'password') !== undefined;
}

/** Chosen before anything is done, so that resources can name each other in whatever order they come. */
function promiseIds(entries: readonly BulkEntry[]): PromisedIds {
  const ids = new Map<string, string>();
  for (const { kind, method, bulkId } of entries) {
    if (kind === 'operation' && method === 'POST' && bulkId !== undefined) ids.set(bulkId, newId());
  }
  return ids;
}
