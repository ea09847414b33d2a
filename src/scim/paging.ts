import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import type { Mark, Page, Stretch } from '../kernel/page.js';
import { SecretBox } from '../keys/secret-box.js';
import type { Json, JsonObject } from '../scim-core/json.js';
import { type ListQuery, toCursorResponse, toListResponse } from '../scim-core/resource/list.js';
import { badRequest } from '../scim-core/scim-error.js';

/** A cursor is good for so long; announced, and counted anew on every page. */
export const cursorTimeoutSeconds = 3_600;

const cursorForm = /^([A-Za-z0-9_-]+)\.([0-9a-f]{64})$/;

/** The list that a cursor goes through: it is good for no other. */
export interface PagedList {
  readonly tenantId: string;
  /** The resource type of the endpoint; empty for all types. */
  readonly over: string;
  readonly query: ListQuery;
}

/** What a cursor says. Nobody but us can have written it, so its shape is trusted. */
interface CursorContent<M extends Mark> {
  readonly issued: number;
  readonly count: number;
  readonly mark: M;
}

/**
 * Pages by index (RFC 7644 §3.4.2.4) and by cursor (RFC 9865). A cursor holds all that there is to know, so that any
 * process of the installation goes on from it, and is authenticated together with the tenant, the endpoint, the filter
 * and the order that it was given for. It gives no rights: those are the caller's, on every page.
 */
@Injectable()
export class Paging {
  constructor(
    private readonly secretBox: SecretBox,
    private readonly clock: Clock,
  ) {}

  /**
   * What is to be read of the list.
   * @throws ScimError invalidCursor, expiredCursor or invalidCount
   */
  partOf<M extends Mark>(list: PagedList): Page | Stretch<M> {
    const { cursor, count, startIndex } = list.query;
    if (cursor === undefined) return { offset: startIndex - 1, limit: count };
    return { after: cursor === '' ? undefined : this.open<M>(list, cursor), limit: count };
  }

  /** The page as it is answered: with the index that it begins at, or with the cursor to go on with. */
  toAnswer(
    list: PagedList,
    found: {
      readonly resources: readonly Json[];
      readonly total: number;
      readonly next: Mark | undefined;
    },
  ): JsonObject {
    const { resources, total, next } = found;
    const { cursor, startIndex } = list.query;
    if (cursor === undefined) return toListResponse({ resources, total, startIndex });
    return toCursorResponse({ resources, total, nextCursor: next && this.seal(list, next) });
  }

  private seal<M extends Mark>(list: PagedList, mark: M): string {
    const content: CursorContent<M> = {
      issued: this.clock.now(),
      count: list.query.count,
      mark,
    };
    const text = Buffer.from(JSON.stringify(content)).toString('base64url');
    return `${text}.${this.digest(list, text)}`;
  }

  private open<M extends Mark>(list: PagedList, cursor: string): M {
    const [, text = '', digest = ''] = cursorForm.exec(cursor) ?? [];
    if (text === '' || !this.secretBox.isSameDigest(digest, this.digest(list, text)))
      throw badRequest('invalidCursor', 'The cursor is not one that this query was answered with.');
    const content: CursorContent<M> = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (this.clock.now() - content.issued > cursorTimeoutSeconds * 1_000)
      throw badRequest('expiredCursor', `A cursor is good for ${cursorTimeoutSeconds} seconds.`);
    if (content.count !== list.query.count)
      throw badRequest('invalidCount', `"count" must stay ${content.count} from page to page.`);
    return content.mark;
  }

  private digest({ tenantId, over, query }: PagedList, text: string): string {
    const { filter = null, sortBy = null, sortOrder = null } = query;
    const bound = [tenantId, over, filter, sortBy, sortOrder, text];
    return this.secretBox.digest('list cursor', JSON.stringify(bound));
  }
}
