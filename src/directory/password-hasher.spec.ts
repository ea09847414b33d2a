import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { tenantContext } from '../tenants/tenant-context.js';

/** Hashing that takes as long as the test wants: what is tested here is the line before it. */
const finish: (() => void)[] = [];
jest.unstable_mockModule('@node-rs/argon2', () => ({
  hash: () => new Promise<string>((resolve) => finish.push(() => resolve('$argon2id$'))),
}));
const { PasswordHasher } = await import('./password-hasher.js');

const request = { actor: { kind: 'system', id: 'test' }, requestId: 'test' } as const;
const [acme, globex] = [tenantContext(request, 'acme'), tenantContext(request, 'globex')];

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
    await expect(new PasswordHasher().hash(acme, 'é'.repeat(2_049))).rejects.toMatchObject({
      code: 'invalid',
      problems: [{ field: 'password', rule: 'tooLong' }],
    });
    expect(finish).toHaveLength(0);
  });

  it('hashes a few at a time, in the order in which they came', async () => {
    const hasher = new PasswordHasher();
    const hashed = ['a', 'b', 'c'].map((password) => hasher.hash(acme, password));

    await settle();
    expect(finish).toHaveLength(atOnce);
    finish[0]?.();
    await expect(hashed[0]).resolves.toEqual({ scheme: 'argon2id', hash: '$argon2id$' });
    await settle();
    expect(finish).toHaveLength(atOnce + 1);
  });

  it('refuses more than can wait, and goes on afterwards', async () => {
    const hasher = new PasswordHasher();
    const many = Array.from({ length: atOnce + waitingMax }, () => hasher.hash(acme, 'x'));

    await expect(hasher.hash(acme, 'one too many')).rejects.toMatchObject({ code: 'unavailable' });
    for (let index = 0; index < many.length; index += 1) {
      await settle();
      finish[index]?.();
    }
    await expect(Promise.all(many)).resolves.toHaveLength(many.length);
    const next = hasher.hash(acme, 'next');
    await settle();
    finish.at(-1)?.();
    await expect(next).resolves.toMatchObject({ scheme: 'argon2id' });
  });

  it('FIND R-5 goes on for another tenant while one has filled its line', async () => {
    const hasher = new PasswordHasher();
    const many = Array.from({ length: atOnce + waitingMax }, () => hasher.hash(acme, 'x'));
    await expect(hasher.hash(acme, 'one too many')).rejects.toMatchObject({ code: 'unavailable' });

    const other = hasher.hash(globex, 'y');
    await settle();
    finish[0]?.();
    await many[0];
    await settle();
    finish[atOnce]?.();

    await expect(other).resolves.toMatchObject({ scheme: 'argon2id' });
    for (let index = 0; index < many.length + 1; index += 1) {
      await settle();
      finish[index]?.();
    }
    await expect(Promise.all(many)).resolves.toHaveLength(many.length);
  });

  it('FIND R-5 hashes the passwords of a Bulk request beside those of another tenant', async () => {
    const hasher = new PasswordHasher();
    const bulk = hasher.hashEach(
      acme,
      Array.from({ length: 20 }, () => 'x'),
    );
    const other = hasher.hash(globex, 'y');

    await settle();
    finish[0]?.();
    await settle();
    finish[atOnce]?.();

    await expect(other).resolves.toMatchObject({ scheme: 'argon2id' });
    for (let index = 0; index < 21; index += 1) {
      finish[index]?.();
      await settle();
    }
    await expect(bulk).resolves.toHaveLength(20);
  });
});
