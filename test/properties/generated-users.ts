import fc from 'fast-check';
import { awkwardStrings, isStorable } from './awkward-strings.js';

const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** A resource to be made, under an id of the test's choice: the same on every database. */
export interface GeneratedResource {
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The time that passes before it is made, and before it is changed, if it is. */
  readonly waitMs: number;
  readonly changedAfterMs: number | undefined;
  /** The values that it is given then. */
  readonly changes: Readonly<Record<string, unknown>>;
}

/** People and groups of one tenant. */
export interface GeneratedStore {
  readonly users: readonly GeneratedResource[];
  readonly groups: readonly GeneratedResource[];
}

/** Near to one another, so that filters find some and not all. */
const words = [
  'a',
  'A',
  'ab',
  'aB',
  'b',
  'É',
  'é',
  'e\u0301',
  'ß',
  'ss',
  'K',
  '\u212a',
  'İ',
  'i\u0307',
  'x y',
  ' x  Y\t',
  'x\u200Bß',
  'XSS',
  'οδός',
  'ΟΔΌΣ x',
];
const storable = awkwardStrings.filter((text) => isStorable(text) && text.length <= 40);

/** A text that may stand in any attribute. */
export const textValue: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...words) },
  { weight: 3, arbitrary: fc.constantFrom(...storable) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter(isStorable),
  },
);

/** Those that an index is kept of, and those that it does not take. */
const typeValue = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('work', 'Work', 'home', 'other', 'x') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'büro',
      'BÜRO',
      'İ',
      'x'.repeat(64),
      'x'.repeat(65),
      'work\n',
      '~ "*[',
    ),
  },
);

/** At most one entry of a list is the primary one; the first may be there again, for something else. */
function listOf(parts: Record<string, fc.Arbitrary<unknown>>, maxLength = 3) {
  const entry = fc.record({ ...parts, type: typeValue }, { requiredKeys: [] });
  return fc
    .tuple(
      fc.array(entry, { maxLength }),
      fc.option(fc.nat({ max: maxLength })),
      fc.option(typeValue),
    )
    .map(([[first, ...others], chosen, again]) =>
      [
        ...(first ? [first] : []),
        ...others,
        ...(first && again !== null ? [{ ...first, type: again }] : []),
      ].map((each, index) =>
        index === chosen
          ? { ...each, primary: true }
          : index === 0
            ? { ...each, primary: false }
            : each,
      ),
    );
}

const typed = (value: fc.Arbitrary<unknown> = textValue) => listOf({ value, display: textValue });

function texts(...names: readonly string[]): Record<string, fc.Arbitrary<string>> {
  return Object.fromEntries(names.map((name) => [name, textValue]));
}

const addressParts = ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country'];
const nameParts = [
  'formatted',
  'familyName',
  'givenName',
  'middleName',
  'honorificPrefix',
  'honorificSuffix',
];
const coreTexts = [
  'externalId',
  'displayName',
  'nickName',
  'profileUrl',
  'title',
  'userType',
  'preferredLanguage',
  'locale',
  'timezone',
];
const enterpriseTexts = ['employeeNumber', 'costCenter', 'organization', 'division', 'department'];

function userBody(ids: readonly string[]): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const manager = fc.record(
    { value: fc.oneof(fc.constantFrom(...ids), textValue), $ref: textValue },
    { requiredKeys: [] },
  );
  const enterprise = fc.record({ ...texts(...enterpriseTexts), manager }, { requiredKeys: [] });
  return fc.record(
    {
      schemas: fc.constant([userUrn]),
      userName: textValue,
      ...texts(...coreTexts),
      active: fc.boolean(),
      name: fc.record(texts(...nameParts), { requiredKeys: [] }),
      emails: typed(),
      phoneNumbers: typed(),
      ims: typed(),
      photos: typed(),
      entitlements: typed(),
      roles: typed(),
      x509Certificates: typed(),
      addresses: listOf(texts(...addressParts)),
      [enterpriseUrn]: enterprise,
    },
    { requiredKeys: ['schemas', 'userName'] },
  );
}

/** Sixty people or so, and a few groups of them and of one another, without circles. */
export function generatedStore(people: number): fc.Arbitrary<GeneratedStore> {
  const ids = (prefix: string, many: number) =>
    Array.from(
      { length: many },
      (_, n) => `${prefix}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    );
  const userIds = ids('a', people);
  const groupIds = ids('b', 6);
  const resource = (
    id: string,
    body: fc.Arbitrary<Readonly<Record<string, unknown>>>,
    fates: fc.Arbitrary<readonly Fate[]> = fc.constant([]),
  ): fc.Arbitrary<GeneratedResource> =>
    fc
      .record({
        id: fc.constant(id),
        body,
        waitMs: fc.constantFrom(0, 1, 999, 1_000, 3_600_000),
        changedAfterMs: fc.option(fc.constantFrom(1, 500, 60_000), { nil: undefined, freq: 3 }),
        fates,
      })
      .map(({ fates: chosen, ...rest }) => ({
        ...rest,
        changes: { externalId: `changed ${id}`, ...changedLists(rest.body, chosen) },
      }));
  const fates = fc.array(fc.oneof(fc.constantFrom('stays' as const, 'goes' as const), typeOf), {
    minLength: 4,
    maxLength: 4,
  });
  const numbered = (id: string, n: number) =>
    resource(
      id,
      userBody(userIds).map((body) => withOwnNames(body, n)),
      fates,
    );
  return fc.record({
    users: fc.tuple(...userIds.map(numbered)),
    groups: fc.tuple(
      ...groupIds.map((id, n) => resource(id, groupBody([...userIds, ...groupIds.slice(0, n)], n))),
    ),
  });
}

/** What becomes of an entry of a list when its person is changed: it may be for something else from then on. */
type Fate = 'stays' | 'goes' | { readonly type: string };

const typeOf = typeValue.map((type) => ({ type }));

function changedLists(
  body: Readonly<Record<string, unknown>>,
  fates: readonly Fate[],
): Readonly<Record<string, unknown>> {
  const changed = (entries: readonly object[]) =>
    entries.flatMap((entry, index) => {
      const fate = fates[index] ?? 'stays';
      if (fate === 'goes') return [];
      return fate === 'stays' ? entry : { ...entry, ...fate };
    });
  return Object.fromEntries(
    ['emails', 'phoneNumbers'].flatMap((name) => {
      const entries = body[name];
      return Array.isArray(entries) && fates.length > 0 ? [[name, changed(entries)]] : [];
    }),
  );
}

/** Most names are made different, so that most people come to be; some collide, which both databases must see. */
function withOwnNames(
  body: Readonly<Record<string, unknown>>,
  n: number,
): Readonly<Record<string, unknown>> {
  const emails = Array.isArray(body.emails) ? body.emails : [];
  return {
    ...body,
    userName: n % 10 === 9 ? body.userName : `${String(body.userName)}${n}`,
    emails: emails.map((email) =>
      n % 10 === 8 || email.value === undefined
        ? email
        : { ...email, value: `${email.value}@${n}` },
    ),
  };
}

function groupBody(
  memberIds: readonly string[],
  n: number,
): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const members = fc
    .uniqueArray(fc.constantFrom(...memberIds), { maxLength: 8 })
    .map((chosen) => chosen.map((value) => ({ value })));
  return fc.record(
    {
      schemas: fc.constant([groupUrn]),
      displayName: textValue.map((text) => `${text}${n}`),
      externalId: textValue,
      members,
    },
    { requiredKeys: ['schemas', 'displayName'] },
  );
}
