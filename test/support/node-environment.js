import { TestEnvironment } from 'jest-environment-node';

// Jest gives a worker half a second to end. One that has nothing left to do still frees its heap, the modules of every
// spec that it ran, and on a busy machine that takes longer: it is killed, and the run warns of a leak that is none.
// What keeps a worker from ending is told as before, because this comes only after that.
if (process.send !== undefined) process.once('exit', () => process.exit());

/** Node's own environment, in a worker that ends as soon as it can. */
export default TestEnvironment;
