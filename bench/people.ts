import type { Profile } from '../src/directory/profile.js';
import { spreadOver } from './spread.js';

/** Somebody in the store: their number in the run, and the id that the server knows them by. */
export interface Person {
  readonly number: number;
  readonly id: string;
}

/** The people in the store by their numbers, which count from 1, whether they came over HTTP or were seeded. */
export class People {
  private readonly ids: string[] = [];
  private readonly inactive = new Set<number>();
  private turn = 0;
  private numbersGiven = 0;

  /** The people of a copy of the store: what becomes of the one and of the other is not the same from now on. */
  copy(): People {
    const people = new People();
    people.ids.push(...this.ids);
    for (const number of this.inactive) people.inactive.add(number);
    people.numbersGiven = this.numbersGiven;
    return people;
  }

  /** Right while no create is under way. */
  get count(): number {
    return this.ids.length;
  }

  /** The number of somebody who is about to come. */
  nextNumber(): number {
    this.numbersGiven += 1;
    return this.numbersGiven;
  }

  /** Somebody has come. */
  keep({ number, id }: Person): void {
    this.ids[number - 1] = id;
  }

  /** Somebody from anywhere in the store. */
  next(): Person {
    this.turn += 1;
    const number = spreadOver(this.count, this.turn) + 1;
    return { number, id: this.idOf(number) };
  }

  /** The ids of those who came first. */
  first(count: number): readonly string[] {
    return this.ids.slice(0, count);
  }

  /** Whether the person is active from now on: each time the other of the two, since what changes nothing costs nothing. */
  flip({ number }: Person): boolean {
    const isActive = this.inactive.delete(number);
    if (!isActive) this.inactive.add(number);
    return isActive;
  }

  private idOf(number: number): string {
    const id = this.ids[number - 1];
    if (id === undefined) throw new Error('people come before they are asked for');
    return id;
  }
}

/** What Okta knows of a person, without the password: hashing it is meant to be slow. */
export function profileOf(number: number): Profile {
  const userName = userNameOf(number);
  return {
    userName,
    name: { givenName: 'Ann', familyName: `Lee ${number}` },
    emails: [{ primary: true, value: userName, type: 'work' }],
    displayName: `Ann Lee ${number}`,
    locale: 'en-US',
  };
}

/** What Okta sends for one person. */
export function newUserOf(number: number): object {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    ...profileOf(number),
    externalId: externalIdOf(number),
    groups: [],
    active: true,
  };
}

export function userNameOf(number: number): string {
  return `ann.lee.${number}@corp.test`;
}

export function externalIdOf(number: number): string {
  return `00u${String(number).padStart(17, '0')}`;
}
