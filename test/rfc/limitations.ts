import type { SentenceId } from './sentences.js';

/** A test outside of test/rfc/: its file below test/, and its title or the beginning of it. */
interface OtherTest {
  readonly file: string;
  readonly title: string;
}

/** What FusionAuth's SCIM server is known not to do, and what this one does instead. */
interface Limitation {
  /** Its number in the list that people compare by. */
  readonly number: number;
  readonly there: string;
  readonly here: string;
  readonly shownBy: readonly (SentenceId | OtherTest)[];
}

/** Those that are the protocol's; the others are of licences, screens and other products. */
export const limitations: readonly Limitation[] = [
  {
    number: 1,
    there: 'Bulk is missing',
    here: 'Bulk with references in any order, its limits announced',
    shownBy: ['B1', 'B3', 'B7'],
  },
  {
    number: 2,
    there: 'Lists are not sorted',
    here: 'Lists are sorted by any path that is stored',
    shownBy: ['S1'],
  },
  {
    number: 3,
    there: 'No resource has a version',
    here: 'Every resource has an ETag, and writes may depend on it',
    shownBy: ['V1', 'V3', 'V4'],
  },
  {
    number: 4,
    there: 'attributes is not read',
    here: 'Both projections, on every method',
    shownBy: ['A1', 'A2', 'A10'],
  },
  {
    number: 5,
    there: '/Me and /.search are missing',
    here: 'Searches are posted to every endpoint and to the base; /Me says 501',
    shownBy: ['Q1', 'Q2', 'N2'],
  },
  {
    number: 6,
    there: 'Without a search engine nobody is found, and clients make people twice',
    here: 'Filters are answered by the database, and a second create is 409',
    shownBy: ['F1', 'C4'],
  },
  {
    number: 7,
    there: 'Nested and multi-valued attributes are not searched',
    here: 'Every part that is stored is, and the others are named',
    shownBy: [
      'F10',
      'F11',
      'F12',
      'F17',
      {
        file: 'e2e/scim-schema-walk.e2e-spec.ts',
        title: 'can be filtered by, but for those that are named',
      },
    ],
  },
  {
    number: 8,
    there: 'eq means contains, operators have one case, and entries are not told apart',
    here: 'eq is exact, operators are read in any case, a value path means one entry',
    shownBy: ['F2', 'F4', 'F17'],
  },
  {
    number: 9,
    there: 'Groups are found by few comparisons, not joined, and never by member',
    here: 'The same language as for people, members included',
    shownBy: [
      'F28',
      { file: 'e2e/scim-groups.e2e-spec.ts', title: 'finds groups by name, members and both' },
    ],
  },
  {
    number: 10,
    there: 'Lists end at ten thousand people',
    here: 'Lists go on to the end, and the total is true',
    shownBy: ['R6', 'G7'],
  },
  {
    number: 11,
    there: 'Operations of a PATCH may vanish without a word',
    here: 'All are applied or the request is refused with the operation that failed',
    shownBy: ['M4', 'M13', 'M15', 'M24'],
  },
  {
    number: 12,
    there: 'A filter in a path is one comparison',
    here: 'The whole filter language works there',
    shownBy: ['M16', 'F18'],
  },
  {
    number: 13,
    there: 'A PATCH of what is absent fails',
    here: 'replace adds what is missing',
    shownBy: [
      'M20',
      {
        file: 'conversations/entra/disable-and-enable.json',
        title: 'A disabled person stays readable and findable',
      },
    ],
  },
  {
    number: 14,
    there: 'A PATCH may drop other data',
    here: 'What an operation does not name stays',
    shownBy: ['M12', 'M19', 'M22', 'K6'],
  },
  {
    number: 15,
    there: 'A PATCH with the enterprise extension fails for people without it',
    here: 'The extension comes with its first value',
    shownBy: ['M30', 'M20'],
  },
  {
    number: 16,
    there:
      'One e-mail address and one number survive, under other types, and many attributes are lost',
    here: 'Everything comes back as it was sent',
    shownBy: ['D12', 'C1', 'C11', 'E8'],
  },
  {
    number: 17,
    there: 'A deleted person can only be gone',
    here: 'active=false takes access away and keeps the id; DELETE frees the name',
    shownBy: ['E2', 'L1', 'L2'],
  },
  {
    number: 18,
    there: 'Declared schemas are not checked, and a mapping that fails is a 500',
    here: 'Bodies are checked against their schemas; the mapping is built in',
    shownBy: ['P12', 'C8', 'C13'],
  },
  {
    number: 19,
    there: 'A duplicate is not always 409',
    here: 'It is, on creating and changing, also for two at once',
    shownBy: ['C4', 'C10', 'Z3'],
  },
  {
    number: 20,
    there: 'A group’s name is matched with wildcards',
    here: 'It is matched as it stands',
    shownBy: [
      'F4',
      { file: 'e2e/scim-groups.e2e-spec.ts', title: 'finds groups by name, members and both' },
    ],
  },
  {
    number: 21,
    there: 'Large groups are cut or fail',
    here: 'A group of ten thousand is made, changed, read and listed',
    shownBy: ['K9', 'A7', 'M34'],
  },
  {
    number: 22,
    there: 'Some faults are not answered in SCIM',
    here: 'Every fault is, that of the server too',
    shownBy: ['Z1', 'Z6', 'P4'],
  },
  {
    number: 23,
    there: 'The schemas are incomplete and partly wrong',
    here: 'Each characteristic is proven by using the attribute',
    shownBy: ['D12', 'D13', 'D14'],
  },
  {
    number: 26,
    there: 'SCIM clients of one tenant collide and are not told apart',
    here: 'Each client has externalIds and permissions of its own',
    shownBy: [
      'C6',
      'P21',
      { file: 'e2e/scim-people.e2e-spec.ts', title: 'is each client’s own in one tenant' },
    ],
  },
  {
    number: 29,
    there: 'Roles are bare texts, and values lack display and type',
    here: 'All of them are objects with every part of the standard',
    shownBy: ['E3', 'D12'],
  },
];
