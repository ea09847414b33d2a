/**
 * The name of an attribute as a stranger wrote it (RFC 7644 §3.10); whether it exists is the
 * schema's to say.
 */
export interface AttributePath {
  readonly text: string;
  /** What stands before the last colon, when there is one. */
  readonly urn: string | undefined;
  readonly name: string;
  readonly sub: string | undefined;
}

/**
 * Reads `name`, `name.sub`, or either behind a URN. Names start with a letter, `$ref` excepted, so
 * that `__proto__` is no name at all. Undefined when the text is something else.
 */
export function findAttributePath(text: string): AttributePath | undefined {
  const colon = text.lastIndexOf(':');
  const urn = colon < 0 ? undefined : text.slice(0, colon);
  if (urn !== undefined && !isUrnText(urn)) return undefined;

  const [name, sub, ...rest] = text.slice(colon + 1).split('.');
  if (name === undefined || !isAttributeName(name) || rest.length > 0) return undefined;
  if (sub !== undefined && !isAttributeName(sub)) return undefined;
  return { text, urn, name, sub };
}

/** ATTRNAME of RFC 7644 §3.4.2.2, figure 1, and the `$` of `$ref`. */
export function isAttributeName(text: string): boolean {
  return /^\$?[A-Za-z][A-Za-z0-9_-]*$/.test(text);
}

/**
 * Loosely: a schema may be named by any URI, as Microsoft's `http://schemas.microsoft.com/…` is.
 */
export function isUrnText(text: string): boolean {
  return /^[A-Za-z][!-~]*$/.test(text);
}
