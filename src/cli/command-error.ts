/** A command can not go on, for a reason that the person at the terminal can mend. `message` is one plain sentence. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}
