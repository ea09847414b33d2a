/** The part of the golden ratio behind the point: its multiples leave no part of a range out for long. */
const goldenPart = (Math.sqrt(5) - 1) / 2;

/**
 * A place from 0 to `places` - 1, for each turn another, and a few turns are spread evenly over all of them: neighbours
 * in a large store share their pages, and to ask for one after the other would measure a small store.
 */
export function spreadOver(places: number, turn: number): number {
  return Math.floor(((turn * goldenPart) % 1) * places);
}
