import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestDatabase } from '../support/databases.js';
import { databaseNamed, killRun, tell } from './kill-run.js';
import { KilledServer } from './killed-server.js';

/** One to two seconds each; several times that on a machine with much else to do. */
const timeoutMs = 180_000;

/** The test of one database; each kill is a test of its own, on what the kills before it have left. */
export function killTests(name: TestDatabase['name']): void {
  const { kills, seed } = killRun();
  jest.setTimeout(timeoutMs);

  describe(`SEC D1 FIND M8 a server on ${name} that is killed in the midst of writes, seed ${seed}`, () => {
    let server: KilledServer;
    beforeAll(async () => {
      server = await KilledServer.create(databaseNamed(name), seed);
      expect(await server.startAndJudge()).toEqual([]);
    });
    afterAll(async () => {
      await server.drop();
      tell(`${kills} kills on ${name}, after ${server.answered} writes that were answered`);
    });

    it.each(Array.from({ length: kills }, (_, n) => n + 1))(
      'has kept what it answered, and the rest whole or not at all: kill %i',
      async () => {
        const refused = await server.writeAndKill();

        expect([...refused, ...(await server.startAndJudge())]).toEqual([]);
      },
    );
  });
}
