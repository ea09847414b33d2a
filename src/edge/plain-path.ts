/**
 * A URL whose path has one slash where several stood: people paste a base URL with a slash at its end, and clients put
 * another behind it. The query stays as it is.
 */
export function withSingleSlashes(url: string): string {
  if (!url.includes('//')) return url;
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  return path.replace(/\/{2,}/g, '/') + url.slice(path.length);
}
