/**
 * Reads a body. One that is refused is only told of if what it is about is there: an unknown id is 404 whatever the
 * body says (RFC 7644 §3.12). A body that is good need not ask, since the change itself will.
 * @param find throws when there is no such resource
 * @throws ScimError of the body; whatever `find` throws
 */
export async function orNotFound<Result>(
  read: () => Result,
  find: () => Promise<unknown>,
): Promise<Result> {
  try {
    return read();
  } catch (error) {
    await find();
    throw error;
  }
}
