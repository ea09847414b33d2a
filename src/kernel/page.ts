/** A window on an ordered list: skip `offset` rows, take at most `limit`. */
export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** The rows of one window, and how many there are in all. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/**
 * What a list is ordered by. Rows without a value of the field come last, and first when descending; rows with the same
 * value are in the order in which they came.
 */
export interface Sort<Field extends string = string> {
  readonly field: Field;
  readonly isDescending: boolean;
}

/** The row that a walk through a list has come to: its number and, in a sorted list, what it is sorted by. */
export interface Mark {
  readonly pk: number;
  readonly value: string | number | null;
}

/**
 * The next stretch of a walk through a list: at most `limit` rows after the mark, or from the beginning. Rows that come
 * and go behind it do not move it.
 */
export interface Stretch<M extends Mark = Mark> {
  readonly after: M | undefined;
  readonly limit: number;
}

/** The rows of a page or a stretch, and how many there are in all. */
export interface PartOf<Item, M extends Mark = Mark> extends PageOf<Item> {
  /** The mark to go on from; undefined at the end, and for a page. */
  readonly next: M | undefined;
}
