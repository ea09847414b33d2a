import { beforeEach, describe, expect, it, jest } from '@jest/globals';

/** Hashing that takes as long as the test wants: what is tested here is the line before it. */
const finish: (() => void)[] = [];
jest.unstable_mockModule('@node-rs/argon2', () => ({
  hash: () => new Promise<string>((resolve) => finish.push(() => resolve('$argon2id$'))),
}));
const { PasswordHasher } = await import('./password-hasher.js');

const atOnce = 2;
const waitingMax = 256;

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('PasswordHasher', () => {
  beforeEach(() => {
    finish.length = 0;
  });

  it('refuses a password that is too long, before it takes a place in the line', async () => {
    await expect(new PasswordHasher().hash('é'.repeat(2_049))).rejects.toMatchObject({
      code: 'invalid',
      problems: [{ field: 'password', rule: 'tooLong' }],
    });
    expect(finish).toHaveLength(0);
  });

  it('hashes a few at a time, in the order in which they came', async () => {
    const hasher = new PasswordHasher();
    const hashed = ['a', 'b', 'c'].map((password) => hasher.hash(password));

    await settle();
    expect(finish).toHaveLength(atOnce);
    finish[0]?.();
    await expect(hashed[0]).resolves.toEqual({ scheme: 'argon2id', hash: '$argon2id$' });
    await settle();
    expect(finish).toHaveLength(atOnce + 1);
  });

  it('refuses more than can wait, and goes on afterwards', async () => {
    const hasher = new PasswordHasher();
    const many = Array.from({ length: atOnce + waitingMax }, () => hasher.hash('x'));

    await expect(hasher.hash('one too many')).rejects.toMatchObject({ code: 'unavailable' });
    for (let index = 0; index < many.length; index += 1) {
      await settle();
      finish[index]?.();
    }
    await expect(Promise.all(many)).resolves.toHaveLength(many.length);
    const next = hasher.hash('next');
    await settle();
    finish.at(-1)?.();
    await expect(next).resolves.toMatchObject({ scheme: 'argon2id' });
  });
});
