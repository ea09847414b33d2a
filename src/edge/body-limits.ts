import { defaultJsonLimits, type JsonLimits, largeJsonLimits } from './json-body.js';

/** What a body may weigh on a route. */
export interface BodyLimits extends JsonLimits {
  readonly bytesMax: number;
}

const mebibyte = 1024 * 1024;
const ordinary: BodyLimits = { ...defaultJsonLimits, bytesMax: mebibyte };
const large: BodyLimits = { ...largeJsonLimits, bytesMax: 16 * mebibyte };

/** Routes that carry many objects in one request, or a group with all its members. */
const largeRoutes: readonly { readonly methods: readonly string[]; readonly path: RegExp }[] = [
  { methods: ['POST', 'PUT'], path: /^\/api\/scim\/resource\/v2\/Groups(\/(?!\.search$)[^/]*)?$/i },
];

/** @param url as it stands in the request line, with its query */
export function bodyLimitsOf(method: string, url: string): BodyLimits {
  const [path = ''] = url.split('?', 1);
  const isLarge = largeRoutes.some(
    (route) => route.methods.includes(method) && route.path.test(path),
  );
  return isLarge ? large : ordinary;
}
