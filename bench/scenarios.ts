import type { BenchRequest } from './load.js';
import type { Connection } from './server.js';

/** One kind of request, made anew each time. */
export interface Scenario {
  readonly name: string;
  next(): BenchRequest;
}

const pageSize = 100;
const usersPath = '/api/scim/resource/v2/Users';

/** What Okta sends for one person, without the password: hashing it is meant to be slow. */
function toNewUser(number: number): object {
  const userName = userNameOf(number);
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    name: { givenName: 'Ann', familyName: `Lee ${number}` },
    emails: [{ primary: true, value: userName, type: 'work' }],
    displayName: `Ann Lee ${number}`,
    locale: 'en-US',
    externalId: `00u${String(number).padStart(17, '0')}`,
    groups: [],
    active: true,
  };
}

function userNameOf(number: number): string {
  return `ann.lee.${number}@corp.test`;
}

/** The scenarios in the order in which they have to run first: those after `create` use the people that it made. */
export function makeScenarios(connection: Connection): readonly Scenario[] {
  const users = new Users(connection.bearerToken);
  return [
    { name: 'token', next: () => tokenRequest(connection) },
    { name: 'SCIM create', next: () => users.create() },
    { name: 'SCIM get by id', next: () => users.get() },
    { name: 'userName eq, hit', next: () => users.findByName() },
    { name: 'PATCH active', next: () => users.flipActive() },
    { name: `list, page of ${pageSize}`, next: () => users.list() },
  ];
}

function tokenRequest({ clientId, clientSecret, serverEntityId }: Connection): BenchRequest {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: `target-entity:${serverEntityId}`,
  }).toString();
  return {
    method: 'POST',
    path: '/oauth2/token',
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(body)),
    },
    body,
    status: 200,
    read: expecting('"access_token":"'),
  };
}

/** The people of the run, and the requests about them. */
class Users {
  private readonly ids: string[] = [];
  private readonly inactive = new Set<string>();
  private created = 0;
  private turn = 0;

  constructor(private readonly token: string) {}

  create(): BenchRequest {
    this.created += 1;
    const take = (body: string) => {
      const { id }: { id?: unknown } = JSON.parse(body);
      if (typeof id !== 'string') throw new Error(`A new user has no id: ${body}`);
      this.ids.push(id);
    };
    return { ...this.request('POST', '', toNewUser(this.created)), status: 201, read: take };
  }

  get(): BenchRequest {
    const id = this.nextId();
    return { ...this.request('GET', `/${id}`), read: expecting(`"id":"${id}"`) };
  }

  findByName(): BenchRequest {
    this.turn += 1;
    const filter = `userName eq "${userNameOf((this.turn % this.ids.length) + 1)}"`;
    return {
      ...this.request('GET', `?filter=${encodeURIComponent(filter)}`),
      read: expecting('"totalResults":1,'),
    };
  }

  /** A person who is active is deactivated, the next time reactivated: a change that changes nothing costs nothing. */
  flipActive(): BenchRequest {
    const id = this.nextId();
    const active = this.inactive.delete(id);
    if (!active) this.inactive.add(id);
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', value: { active } }],
    };
    return { ...this.request('PATCH', `/${id}`, body), read: expecting(`"active":${active}`) };
  }

  /** One full page after the other, from the first to the last. */
  list(): BenchRequest {
    this.turn += 1;
    const startIndex = 1 + pageSize * (this.turn % Math.floor(this.ids.length / pageSize));
    const query = `?startIndex=${startIndex}&count=${pageSize}`;
    return { ...this.request('GET', query), read: expecting(`"itemsPerPage":${pageSize}`) };
  }

  private request(method: string, below: string, content?: object): BenchRequest {
    const authorization = `Bearer ${this.token}`;
    const path = `${usersPath}${below}`;
    if (content === undefined) return { method, path, headers: { authorization }, status: 200 };
    const body = JSON.stringify(content);
    const headers = {
      authorization,
      'content-type': 'application/scim+json',
      'content-length': String(Buffer.byteLength(body)),
    };
    return { method, path, headers, body, status: 200 };
  }

  private nextId(): string {
    this.turn += 1;
    const id = this.ids[this.turn % this.ids.length];
    if (id === undefined) throw new Error('people are created before they are asked for');
    return id;
  }
}

function expecting(part: string): (body: string) => void {
  return (body) => {
    if (!body.includes(part))
      throw new Error(`An answer has no ${part} in it: ${body.slice(0, 500)}`);
  };
}
