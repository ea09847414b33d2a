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
