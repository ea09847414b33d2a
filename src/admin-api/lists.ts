import type { Page } from '../kernel/page.js';

/** What FusionAuth answers whole: all tenants, all entity types, all grants of a target. More needs a search. */
export const wholeList: Page = { offset: 0, limit: 10_000 };
