import type { BenchRequest } from '../load.js';

/** One kind of request, made anew each time. */
export interface Scenario {
  readonly name: string;
  /** How dear a request is: a round sends so many times fewer, or more if it is less than one. */
  readonly weight: number;
  /** How many are under way at a time, where that is not as many as the load has connections. */
  readonly atOnce?: number;
  next(): BenchRequest;
}

export const basePath = '/api/scim/resource/v2';
const bodyCharactersShown = 500;

/** Makes the requests of one SCIM client. */
export class ScimRequests {
  constructor(private readonly token: string) {}

  /** @param path below SCIM's base, with its query */
  to(method: string, path: string, content?: object): BenchRequest {
    const authorization = `Bearer ${this.token}`;
    const whole = { method, path: `${basePath}${path}`, status: 200 };
    if (content === undefined) return { ...whole, headers: { authorization } };
    const body = JSON.stringify(content);
    const headers = {
      authorization,
      'content-type': 'application/scim+json',
      'content-length': String(Buffer.byteLength(body)),
    };
    return { ...whole, headers, body };
  }
}

/** Refuses an answer that lacks one of the parts. */
export function expecting(...parts: readonly string[]): (body: string) => void {
  return (body) => {
    for (const part of parts) {
      if (!body.includes(part))
        throw new Error(`An answer has no ${part} in it: ${body.slice(0, bodyCharactersShown)}`);
    }
  };
}

export function patchOf(operation: object): object {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] };
}
