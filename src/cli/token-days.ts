import { CommandError } from './command-error.js';

const daysDefault = 365;

/** A bearer token that lies in another product for longer than this is a liability (security.md K7). */
const daysMax = 730;

/**
 * How many days a token is good for, as the command line has it.
 * @throws CommandError for anything but a whole number of days in range
 */
export function parseDays(text: string | undefined): number {
  if (text === undefined) return daysDefault;
  const days = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (days >= 1 && days <= daysMax) return days;
  throw new CommandError(`--days must be a whole number from 1 to ${daysMax}.`, 2);
}
