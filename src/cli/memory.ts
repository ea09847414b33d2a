import { setFlagsFromString } from 'node:v8';

/**
 * By how many percent the memory in use may grow before V8 collects what is old. By itself V8 lets it grow to several
 * times its size on a machine with much memory, which a small server is not to take from its neighbours.
 */
const growthPercent = 30;

/**
 * To be called before the program is loaded: what is read and thrown away while it starts does not stay with the
 * process as memory for new objects.
 */
export function startSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** To be called when the program serves: the memory for new objects grows with the work again, as V8 has it. */
export function grow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
