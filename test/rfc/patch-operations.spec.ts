import { expect } from '@jest/globals';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  read,
  type ScimBody,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

const work = { value: 'ann@corp.test', type: 'work', primary: true };
const home = { value: 'ann@home.test', type: 'home' };

/** What add, remove and replace do. */
chapter('PATCH operations', (server) => {
  /** A person of a tenant of its own, so that addresses do not meet those of others. */
  async function aPerson(attributes: object = {}): Promise<Person> {
    const own = await aScimConnection(server.app);
    return new Person(own, await create(own, 'Users', aUser({ userName: 'ann', ...attributes })));
  }

  sentence('M9', async () => {
    const person = await aPerson({ title: 'kept', name: { familyName: 'Lee' }, emails: [work] });
    const body = await person.patched({
      op: 'add',
      value: {
        nickName: 'n',
        name: { givenName: 'Ann' },
        emails: [home],
        [enterpriseUrn]: { department: 'd' },
      },
    });

    expect(body).toMatchObject({
      title: 'kept',
      nickName: 'n',
      name: { familyName: 'Lee', givenName: 'Ann' },
      emails: [work, home],
      [enterpriseUrn]: { department: 'd' },
    });
  });

  sentence('M10', async () => {
    const person = await aPerson();
    const made = await person.patched(
      { op: 'add', path: 'title', value: 'one' },
      { op: 'add', path: 'emails', value: [work] },
      { op: 'add', path: 'name', value: { givenName: 'A' } },
      { op: 'add', path: `${enterpriseUrn}:manager`, value: { value: 'm' } },
    );
    const again = await person.patched(
      { op: 'add', path: 'title', value: 'two' },
      { op: 'add', path: 'emails', value: [home] },
      { op: 'add', path: `${enterpriseUrn}:manager`, value: { value: 'n' } },
    );

    expect(made).toMatchObject({ title: 'one', emails: [work], name: { givenName: 'A' } });
    expect(again).toMatchObject({
      title: 'two',
      emails: [work, home],
      [enterpriseUrn]: { manager: { value: 'n' } },
    });
  });

  sentence('M11', async () => {
    const person = await aPerson({
      title: 'same',
      name: { givenName: 'Ann' },
      emails: [work, home],
      [enterpriseUrn]: { department: 'd' },
    });
    const members = [{ value: person.made.id }];
    const group = await create(person.own, 'Groups', aGroup({ members }));
    const before = await read(person.own, `/Users/${person.made.id}`);

    expect(
      await person.patched(
        { op: 'add', path: 'title', value: 'same' },
        { op: 'add', path: 'emails', value: [{ ...home }, { ...work }] },
        { op: 'add', path: 'name', value: { givenName: 'Ann' } },
        { op: 'add', value: { title: 'same', [enterpriseUrn]: { department: 'd' } } },
      ),
    ).toEqual(before);
    const path = `/Groups/${group.id}`;
    await person.own.scim('PATCH', path, aPatch({ op: 'add', path: 'members', value: members }));
    expect(await read(person.own, path)).toEqual(group);
  });

  sentence('M12', async () => {
    const person = await aPerson({
      name: { familyName: 'Lee', givenName: 'A' },
      [enterpriseUrn]: { department: 'd', division: 'v' },
    });

    expect(
      await person.patched(
        { op: 'add', path: 'name', value: { givenName: 'Ann', middleName: 'B' } },
        { op: 'add', path: enterpriseUrn, value: { department: 'e' } },
      ),
    ).toMatchObject({
      name: { familyName: 'Lee', givenName: 'Ann', middleName: 'B' },
      [enterpriseUrn]: { department: 'e', division: 'v' },
    });
  });

  sentence('M13', async () => {
    const person = await aPerson({ emails: [work] });
    const other = { value: 'ann@other.test', type: 'other' };

    const { emails } = await person.patched({ op: 'add', path: 'emails', value: [home, other] });
    const { phoneNumbers } = await person.patched({
      op: 'add',
      path: 'phoneNumbers',
      value: { value: '1', type: 'mobile' },
    });

    expect(emails).toEqual([work, home, other]);
    expect(phoneNumbers).toEqual([{ value: '1', type: 'mobile' }]);
  });

  sentence('M15', async () => {
    const person = await aPerson({
      title: 'x',
      nickName: 'kept',
      name: { givenName: 'A', familyName: 'Lee' },
      emails: [work, home],
      roles: [{ value: 'r' }, { value: 's' }],
      [enterpriseUrn]: { manager: { value: 'm' }, department: 'd' },
    });
    const body = await person.patched(
      { op: 'remove', path: 'title' },
      { op: 'remove', path: 'name.givenName' },
      { op: 'remove', path: 'emails' },
      { op: 'remove', path: `${enterpriseUrn}:manager` },
      { op: 'remove', path: 'displayName' },
      { op: 'remove', path: 'roles', value: [{ value: 's' }] },
    );

    for (const name of ['title', 'emails']) expect(body).not.toHaveProperty(name);
    expect(body).toMatchObject({ nickName: 'kept', roles: [{ value: 'r' }] });
    expect([body.name, body[enterpriseUrn]]).toEqual([{ familyName: 'Lee' }, { department: 'd' }]);
    expect(await person.patched({ op: 'remove', path: 'name' })).not.toHaveProperty('name');
  });

  sentence('M16', async () => {
    const person = await aPerson({ emails: [work, home], title: 'kept' });

    const one = await person.patched({ op: 'remove', path: 'emails[type eq "work"]' });
    const same = await person.patched({ op: 'remove', path: 'emails[type eq "fax"]' });
    const none = await person.patched({
      op: 'remove',
      path: 'emails[value ew "home.test" and not (primary eq true)]',
    });

    expect([one.emails, same.emails]).toEqual([[home], [home]]);
    expect(none).not.toHaveProperty('emails');
    expect(none.title).toBe('kept');
  });

  sentence('M17', async () => {
    const third = { value: 'x@x.test', type: 'home', display: 'third' };
    const person = await aPerson({ emails: [work, { ...home, display: 'second' }, third] });

    const { emails } = await person.patched({
      op: 'remove',
      path: 'emails[type eq "home"].display',
    });

    expect(emails).toEqual([work, home, { value: 'x@x.test', type: 'home' }]);
  });

  sentence('M19', async () => {
    const person = await aPerson({
      title: 'old',
      nickName: 'kept',
      name: { familyName: 'Lee' },
      emails: [work],
      phoneNumbers: [{ value: '1' }],
    });
    const body = await person.patched({
      op: 'replace',
      value: { title: 'new', emails: [home], userType: 'Employee' },
    });

    expect(body).toMatchObject({
      title: 'new',
      nickName: 'kept',
      userType: 'Employee',
      name: { familyName: 'Lee' },
      emails: [home],
      phoneNumbers: [{ value: '1' }],
    });
  });

  sentence('M20', async () => {
    const person = await aPerson();

    expect(
      await person.patched(
        { op: 'replace', path: 'title', value: 't' },
        { op: 'replace', path: 'name.givenName', value: 'A' },
        { op: 'replace', path: 'emails', value: [work] },
        { op: 'replace', path: `${enterpriseUrn}:department`, value: 'd' },
      ),
    ).toMatchObject({
      title: 't',
      name: { givenName: 'A' },
      emails: [work],
      [enterpriseUrn]: { department: 'd' },
    });
  });

  sentence('M21', async () => {
    const person = await aPerson({ emails: [work, home], roles: [{ value: 'r' }] });
    const other = { value: 'new@x.test', type: 'work' };

    const body = await person.patched(
      { op: 'replace', path: 'emails', value: [other] },
      { op: 'replace', path: 'roles', value: [] },
    );

    expect(body.emails).toEqual([other]);
    expect(body).not.toHaveProperty('roles');
  });

  sentence('M22', async () => {
    const person = await aPerson({
      name: { familyName: 'Lee', givenName: 'A', middleName: 'B' },
      [enterpriseUrn]: { department: 'd', division: 'v' },
    });
    const body = await person.patched(
      { op: 'replace', path: 'name', value: { givenName: 'Ann', middleName: null } },
      { op: 'replace', path: enterpriseUrn, value: { department: 'e' } },
    );

    expect(body.name).toEqual({ familyName: 'Lee', givenName: 'Ann' });
    expect(body[enterpriseUrn]).toEqual({ department: 'e', division: 'v' });
  });

  sentence('M23', async () => {
    const person = await aPerson({
      emails: [work, home, { value: 'third@x.test', type: 'home', display: 'third' }],
    });
    const parts = await person.patched({
      op: 'replace',
      path: 'emails[type eq "home"].display',
      value: 'changed',
    });
    const whole = await person.patched({
      op: 'replace',
      path: 'emails[value eq "ann@home.test"]',
      value: { value: 'new@home.test', type: 'other' },
    });

    expect(parts.emails.map(({ display }: ScimBody) => display)).toEqual([
      undefined,
      'changed',
      'changed',
    ]);
    expect(whole.emails).toEqual([
      work,
      { value: 'new@home.test', type: 'other' },
      { value: 'third@x.test', type: 'home', display: 'changed' },
    ]);
  });

  sentence('M24', async () => {
    const person = await aPerson({ emails: [work] });
    for (const path of [
      'emails[type eq "home"]',
      'emails[value co "x"]',
      'emails[value co "x"].display',
      'emails[not (type pr)].value',
      'phoneNumbers[type eq "mobile"]',
    ]) {
      const value = path.endsWith(']') ? { value: 'x' } : 'x';
      const answer = await person.patch({ op: 'replace', path, value });
      expect([path, answer.status]).toEqual([path, 400]);
      expectScimError(answer, 400, 'noTarget');
    }
    expect((await read(person.own, `/Users/${person.made.id}`)).emails).toEqual([work]);
    const { emails } = await person.patched({
      op: 'replace',
      path: 'emails[type eq "home"].value',
      value: home.value,
    });
    expect(emails).toEqual([work, home]);
  });

  sentence('M27', async () => {
    for (const operation of [
      { op: 'add', path: 'emails', value: [{ ...home, primary: true }] },
      { op: 'replace', path: 'emails[type eq "home"].primary', value: true },
      { op: 'add', value: { emails: [{ ...home, primary: true }] } },
      { op: 'add', path: 'emails[type eq "home"]', value: { primary: true } },
    ]) {
      const person = await aPerson({ emails: [work, home] });
      const { emails } = await person.patched(operation);
      expect(emails).toEqual([
        { ...work, primary: false },
        { ...home, primary: true },
      ]);
    }
    const person = await aPerson({ emails: [work, home] });
    const two = [
      { value: 'a@x.test', primary: true },
      { value: 'b@x.test', primary: true },
    ];
    const answer = await person.patch({ op: 'add', path: 'emails', value: two });
    expectScimError(answer, 400, 'invalidValue');
  });
});

/** A person with the client that changes it. */
class Person {
  constructor(
    readonly own: TestScimConnection,
    readonly made: ScimBody,
  ) {}

  patch(...operations: readonly object[]) {
    return this.own.scim('PATCH', `/Users/${this.made.id}`, aPatch(...operations));
  }

  /** The person after operations that succeed. */
  async patched(...operations: readonly object[]): Promise<ScimBody> {
    const answer = await this.patch(...operations);
    expect([answer.status, answer.body.detail]).toEqual([200, undefined]);
    expect(await read(this.own, `/Users/${this.made.id}`)).toEqual(answer.body);
    return answer.body;
  }
}
