import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { startApp, type TestApp, type TestSettings } from '../support/app.js';
import { databases } from '../support/databases.js';
import { EntitySecrets } from '../../src/entities/entity-secrets.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';

const modes: readonly TestSettings[] = [{ secrets: 'readable' }, { secrets: 'once' }];
const settings = databases.flatMap((database) =>
  modes.map((mode) => ({ database, mode, name: database.name, secrets: mode.secrets })),
);

const tooShort = 'x'.repeat(23);
const longEnough = 'x'.repeat(24);
const refused = {
  status: 400,
  body: {
    generalErrors: [],
    fieldErrors: {
      'entity.clientSecret': [
        {
          code: '[tooShort]entity.clientSecret',
          message: expect.stringContaining('at least 24 characters'),
        },
      ],
    },
  },
};

async function aTypeId(app: TestApp): Promise<string> {
  const body = { entityType: { name: randomUUID() } };
  return (await app.request('POST', '/api/entity/type', { body })).body.entityType.id;
}

describe.each(settings)('client secrets on $name ($secrets)', ({ database, mode }) => {
  let app: TestApp;
  let type: { id: string };
  beforeAll(async () => {
    app = await startApp(database, mode);
    type = { id: await aTypeId(app) };
  });
  afterAll(() => app.close());

  const make = (clientSecret?: string) =>
    app.request('POST', '/api/entity', { body: { entity: { name: 'x', type, clientSecret } } });

  /** An entity of the time before the limit. */
  async function anOldEntity(clientSecret: string): Promise<string> {
    const { id } = (await make()).body.entity;
    await app.get(UnitOfWork).run(() => app.get(EntitySecrets).set(id, clientSecret));
    return `/api/entity/${id}`;
  }

  it('FIND R-4 have at least 24 characters when they are new', async () => {
    const path = `/api/entity/${(await make(longEnough)).body.entity.id}`;

    expect(await make(tooShort)).toMatchObject(refused);
    expect(await make('🔑'.repeat(12))).toMatchObject(refused);
    expect((await make('🔑'.repeat(24))).status).toBe(200);
    for (const [method, body] of [
      ['PUT', { entity: { name: 'x', type, clientSecret: tooShort } }],
      ['PATCH', { entity: { clientSecret: tooShort } }],
      ['PATCH', { entity: { clientSecret: 'a' } }],
    ] as const) {
      expect(await app.request(method, path, { body })).toMatchObject(refused);
    }
    const renewed = await app.request('PATCH', path, {
      body: { entity: { clientSecret: 'y'.repeat(24) } },
    });
    expect(renewed.status).toBe(200);
  });

  it('FIND R-4 may come back unchanged, however short they are', async () => {
    const path = await anOldEntity('1234');

    const answers = [
      await app.request('PUT', path, {
        body: { entity: { name: 'y', type, clientSecret: '1234' } },
      }),
      await app.request('PATCH', path, { body: { entity: { clientSecret: '1234', name: 'z' } } }),
      await app.request('PUT', path, { body: { entity: { name: 'w', type } } }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(
      await app.request('PATCH', path, { body: { entity: { clientSecret: '4321' } } }),
    ).toMatchObject(refused);
  });
});

describe.each(databases)('short client secrets on $name', (database) => {
  async function startedWith(allowsShortSecrets: boolean) {
    const lines: string[] = [];
    const write = (chunk: Buffer, _encoding: string, done: () => void) => {
      lines.push(chunk.toString());
      done();
    };
    const logger = pino({ level: 'warn' }, new Writable({ write }));
    return { app: await startApp(database, { allowsShortSecrets }, logger), lines };
  }

  it('FIND R-4 are taken where the installation allows it, which warns at its start', async () => {
    const { app, lines } = await startedWith(true);
    try {
      const entity = { name: 'x', type: { id: await aTypeId(app) }, clientSecret: 'a' };

      const made = await app.request('POST', '/api/entity', { body: { entity } });

      expect(made).toMatchObject({ status: 200, body: { entity: { clientSecret: 'a' } } });
      expect(lines.filter((line) => line.includes('ROLLCALL_ALLOW_SHORT_SECRETS'))).toHaveLength(1);
    } finally {
      await app.close();
    }
  });

  it('FIND R-4 are nothing to warn of where they are refused', async () => {
    const { app, lines } = await startedWith(false);
    await app.close();

    expect(lines).toEqual([]);
  });
});
