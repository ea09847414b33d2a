const originPattern = /^https?:\/\/[^/?]*/i;

/**
 * The path and query of a request target, with one slash where several stood: people paste a base URL with a slash at its
 * end, and clients put another behind it. An absolute target loses its origin (RFC 9112 §3.2.2). The query stays as it is.
 */
export function toPlainPath(target: string): string {
  if (!target.includes('//')) return target;
  const url = target.startsWith('/') ? target : target.replace(originPattern, '');
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  const plain = path.replace(/\/{2,}/g, '/') + url.slice(path.length);
  return plain.startsWith('/') ? plain : `/${plain}`;
}

/** Whether a request target belongs to the SCIM face, so that its errors take that face's shape. */
export function isScimTarget(target: string): boolean {
  return toPlainPath(target).startsWith('/api/scim/');
}
