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
