import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bindFilter } from '../../src/scim-core/filter/bind-filter.js';
import { matches } from '../../src/scim-core/filter/matches.js';
import { parseFilter } from '../../src/scim-core/filter/parse-filter.js';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../src/scim-core/json.js';
import type { ResourceType } from '../../src/scim-core/schema/attribute.js';
import { groupResourceType, userResourceType } from '../../src/scim-core/schema/resource-types.js';
import { startApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { openRooms, type TestRooms } from '../support/rooms.js';
import { listPath } from '../support/scim-assertions.js';
import { aScimConnection } from '../support/scim-connection.js';
import { FilterStore, type MadeStore } from './filter-store.js';
import { type Entry, type GeneratedFilter, generatedFilter } from './generated-filters.js';
import { generatedStore } from './generated-users.js';
import { isOver, propertyRun, tell } from './property-run.js';

const peoplePerStore = 60;
const filtersPerStore = 500;
const kinds = { users: userResourceType, groups: groupResourceType };

describe('generated filters over generated people and groups', () => {
  let rooms: readonly TestRooms[];
  const run = propertyRun(2_000);

  beforeAll(async () => {
    rooms = await Promise.all(databases.map((database) => openRooms(database)));
  });
  afterAll(() => Promise.all(rooms.map((each) => each.close())));

  /** The store in each database, and what it is in memory: the same everywhere, or that is the fault. */
  async function aStore(round: number) {
    const [content] = fc.sample(generatedStore(peoplePerStore), {
      seed: run.seed + round,
      numRuns: 1,
    });
    if (!content) throw new Error('a sample of one holds one');
    const stores = await Promise.all(rooms.map((each) => FilterStore.open(each, `Round ${round}`)));
    const made = await Promise.all(stores.map((store) => store.fill(content)));
    const [first] = made;
    for (const other of made) expect(other).toEqual(first);
    return { stores, memory: first ?? { refused: [], users: [], groups: [] } };
  }

  it(
    'find the same in SQLite, in PostgreSQL and in memory',
    async () => {
      const started = performance.now();
      let done = 0;
      for (let round = 0; done < run.cases && !isOver(run, started); round += 1) {
        const { stores, memory } = await aStore(round);
        const kind = round % 4 === 3 ? 'groups' : 'users';
        const resources = memory[kind];
        const filters = generatedFilter(kinds[kind], valuesIn(resources), entriesIn(resources));
        await fc.assert(
          fc.asyncProperty(filters, async (filter) => {
            const found = await Promise.all(stores.map((store) => store.find(kind, filter.text)));
            const expected = expectedFrom(filter, kinds[kind], memory[kind], found);
            expect(found).toEqual(found.map(() => expected));
            done += 1;
          }),
          {
            seed: run.seed + round,
            numRuns: Math.min(filtersPerStore, run.cases - done),
            interruptAfterTimeLimit: run.limitMs ?? run.timeoutMs,
            markInterruptAsFailure: run.limitMs === undefined,
          },
        );
      }
      tell(run, 'filters', done);
    },
    run.timeoutMs,
  );
});

/** What is shown and can not be searched by is refused everywhere; all else is found where memory finds it. */
function expectedFrom(
  { text, mayBeRefused }: GeneratedFilter,
  type: ResourceType,
  resources: MadeStore['users'],
  found: readonly (readonly Json[] | string)[],
): readonly Json[] | string {
  if (mayBeRefused && found[0] === 'invalidFilter') return 'invalidFilter';
  const filter = bindFilter(parseFilter(text), type);
  return resources.filter((each) => matches(filter, each)).map(({ id = '' }) => id);
}

/** Every text, number and Boolean in the resources, to ask for. */
function valuesIn(resources: readonly JsonObject[]): (string | boolean | number)[] {
  const values = (value: Json): (string | boolean | number)[] => {
    if (isJsonList(value)) return value.flatMap(values);
    if (isJsonObject(value)) return Object.values(value).flatMap(values);
    return value === null ? [] : [value];
  };
  return resources.flatMap(values);
}

/** Every entry of their lists that has a value. */
function entriesIn(resources: readonly JsonObject[]): Entry[] {
  return resources
    .flatMap((resource) => Object.values(resource).filter(isJsonList))
    .flat()
    .flatMap((entry) =>
      isJsonObject(entry) && typeof entry.value === 'string'
        ? { value: entry.value, type: typeof entry.type === 'string' ? entry.type : '' }
        : [],
    );
}

describe.each(databases)('a few of them over HTTP on $name', (database) => {
  it('find what memory finds', async () => {
    const app = await startApp(database);
    try {
      const client = await aScimConnection(app);
      const { seed } = propertyRun(0);
      const [content] = fc.sample(generatedStore(20), { seed, numRuns: 1 });
      for (const { body } of content?.users ?? []) await client.scim('POST', '/Users', body);
      const { Resources: people } = (await client.scim('GET', '/Users')).body;

      const filters = fc.sample(
        generatedFilter(userResourceType, valuesIn(people), entriesIn(people)),
        { seed, numRuns: 30 },
      );
      for (const { text, mayBeRefused } of filters.filter(({ text }) => text.length < 1_500)) {
        const { status, body } = await client.scim('GET', listPath('Users', { filter: text }));
        if (mayBeRefused && status === 400) continue;
        const filter = bindFilter(parseFilter(text), userResourceType);
        expect([text, body.Resources]).toEqual([
          text,
          people.filter((each: JsonObject) => matches(filter, each)),
        ]);
      }
    } finally {
      await app.close();
    }
  });
});
