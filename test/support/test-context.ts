import type { RequestContext } from '../../src/kernel/actor.js';

/** Who a test is when it calls a service without going over HTTP. */
export const testContext: RequestContext = {
  actor: { kind: 'system', id: 'test' },
  requestId: 'test',
};
