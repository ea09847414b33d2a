/** A header that no face can make sense of. The message is shown to whoever sent it and quotes no value. */
export class MalformedHeader extends Error {
  override readonly name = 'MalformedHeader';
  readonly status = 400;
}
