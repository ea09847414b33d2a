import { defaultJsonLimits, largeJsonLimits } from './json-body.js';
import type { JsonLimits } from './json-size.js';

/** What a body may weigh on a route. */
export interface BodyLimits extends JsonLimits {
  readonly bytesMax: number;
}

const mebibyte = 1024 * 1024;
const ordinary: BodyLimits = { ...defaultJsonLimits, bytesMax: mebibyte };

/** For the routes that carry many objects; announced as Bulk's `maxPayloadSize` (RFC 7644 §3.7.4). */
export const largeBodyBytesMax = 16 * mebibyte;

const large: BodyLimits = { ...largeJsonLimits, bytesMax: largeBodyBytesMax };

/** Routes that carry many objects in one request, or a group with all its members. */
const largeRoutes: readonly { readonly methods: readonly string[]; readonly path: RegExp }[] = [
  { methods: ['POST', 'PUT'], path: /^\/api\/scim\/resource\/v2\/Groups(\/(?!\.search$)[^/]*)?$/i },
  { methods: ['POST'], path: /^\/api\/scim\/resource\/v2\/Bulk\/?$/i },
];

/** @param url as it stands in the request line, with its query */
export function bodyLimitsOf(method: string, url: string): BodyLimits {
  const [path = ''] = url.split('?', 1);
  const isLarge = largeRoutes.some(
    (route) => route.methods.includes(method) && route.path.test(path),
  );
  return isLarge ? large : ordinary;
}
