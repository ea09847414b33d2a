import type { Condition } from '../../kernel/condition.js';
import type { Page } from '../../kernel/page.js';
import type { OrderStep } from './order.js';

/** What a room is asked for: which rows, in which order, and which part of them. */
export interface Search<Field extends string> {
  readonly condition: Condition<Field>;
  readonly order: readonly OrderStep<Field>[];
  readonly page: Page;
}
