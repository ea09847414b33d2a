/** A body that was refused before any face saw it: not JSON, beyond a limit, or of a type we do not read. */
export class MalformedBody extends Error {
  override readonly name = 'MalformedBody';

  constructor(
    readonly status: 400 | 413 | 415,
    message: string,
    /** The path of the member that is meant; empty for the body as a whole. */
    readonly field = '',
  ) {
    super(message);
  }
}
