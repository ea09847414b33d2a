/**
 * A point in time. `isExact` is false when the text had more than milliseconds, which are cut off.
 */
export interface Instant {
  readonly epochMs: number;
  readonly isExact: boolean;
}

const dateTimePattern =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|z|[+-]\d{2}:?\d{2})?$/;

/**
 * Reads an xsd:dateTime (RFC 7643 §2.3.5). The offset may lack its colon (`+0200`), as FusionAuth's
 * clients write it; without one the time is UTC. Undefined for anything else, such as 30 February.
 */
export function findInstant(text: string): Instant | undefined {
  const match = dateTimePattern.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const offsetMs = findOffsetMs(match[8]);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  if (offsetMs === undefined || hour > 23 || minute > 59 || second > 59) return undefined;

  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;

  const fraction = match[7] ?? '';
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const timeMs = ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  return {
    epochMs: midnight.getTime() + timeMs - offsetMs,
    isExact: !/[1-9]/.test(fraction.slice(3)),
  };
}

function findOffsetMs(zone: string | undefined): number | undefined {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const digits = zone.replace(':', '');
  const hours = Number(digits.slice(1, 3));
  const minutes = Number(digits.slice(3, 5));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
