import { Logger } from '@nestjs/common';
import { isAway, isUndone } from './database-error.js';
import type { Dialect } from './dialect.js';
import type { Row } from './postgres-statement.js';
import type { PrintedSql, Sql, SqlValue } from './sql.js';
import { describeSql, fitsDocument, type Together, togetherSql, typesOf } from './together-sql.js';

/** Runs a statement that only reads, and gives its rows. */
export type Perform = (printed: PrintedSql) => Promise<readonly Row[]>;

/** Has work done on a connection that only reads, when there is one for it. Throws what the work does, or the wait. */
export type Lend = (work: (perform: Perform) => Promise<void>) => Promise<void>;

/** So many look-ups at most travel as one statement, which must be quick as each of them is. */
const togetherMax = 16;

/** So many rows at most are asked for at once, by look-ups that say how many they want, */
const rowsTogetherMax = 2_000;

/** and so many characters at most are looked for: some look for a list of ids. */
const charactersTogetherMax = 4_000;

/** Searches come in endless forms; the one that was longest unused makes room. */
const formsKept = 300;

/** One look-up that waits for its rows. */
interface Asked {
  readonly statement: Sql;
  readonly values: readonly SqlValue[];
  readonly settle: (rows: readonly Row[]) => void;
  readonly refuse: (error: unknown) => void;
}

/** Look-ups that differ in their values alone and have not left yet. */
interface Party {
  /** Undefined for one that must go alone. */
  readonly form: string | undefined;
  /** How many rows they want, which is the same for all of them. */
  readonly rowCounts: readonly number[];
  readonly members: Asked[];
  characters: number;
}

/**
 * Look-ups outside of every transaction. Those that differ in their values alone, and come in the same turn of the event
 * loop or while no connection is free, travel as one statement: to hand one to the database and to wake up for its answer
 * costs several times what a look-up costs itself. Each is given its own rows, and its own failure: when the
 * whole fails and the database is there, each is run by itself.
 */
export class LookUps {
  private readonly logger = new Logger(LookUps.name);
  private readonly parties = new Map<string, Party>();
  private readonly forms = new Map<string, Together | 'apart' | 'seen once'>();

  constructor(
    private readonly dialect: Dialect,
    private readonly lend: Lend,
  ) {}

  /** @returns the rows of a statement that only reads; throws what the database does, or the wait for a connection */
  run(statement: Sql): Promise<readonly Row[]> {
    const values = statement.ownValues(this.dialect);
    return new Promise((settle, refuse) => {
      const one = { statement, values, settle, refuse };
      if (fitsDocument(values)) this.join(one);
      else void this.send({ form: undefined, rowCounts: [], members: [one], characters: 0 });
    });
  }

  private join(one: Asked): void {
    const form = `${one.statement.print(this.dialect).text} ${typesOf(one.values)}`;
    const { rowCounts } = one.statement;
    const characters = charactersOf(one.values);
    const open = this.parties.get(form);
    const party =
      open !== undefined && isOpenTo(open, rowCounts, characters)
        ? open
        : this.gather(form, rowCounts);
    party.members.push(one);
    party.characters += characters;
    if (party.members.length >= mostTogether(rowCounts)) this.parties.delete(form);
  }

  private gather(form: string, rowCounts: readonly number[]): Party {
    const party = { form, rowCounts, members: [], characters: 0 };
    this.parties.set(form, party);
    const close = () => {
      if (this.parties.get(form) === party) this.parties.delete(form);
    };
    // Whatever else has arrived is read before it leaves.
    setImmediate(() => void this.send(party, close));
    return party;
  }

  /** @param close lets nobody join any more */
  private async send(party: Party, close: () => void = () => undefined): Promise<void> {
    try {
      await this.lend((perform) => {
        close();
        return this.serve(party, perform);
      });
    } catch (error) {
      close();
      for (const { refuse } of party.members) refuse(error);
    }
  }

  private async serve(party: Party, perform: Perform): Promise<void> {
    const { form, members } = party;
    const together = form === undefined ? 'apart' : await this.togetherOf(form, members, perform);
    if (form === undefined || together === 'apart' || members.length < together.least)
      await this.serveAlone(members, perform);
    else await this.serveTogether(form, together, party, perform);
  }

  private async serveTogether(
    form: string,
    together: Together,
    { members, rowCounts }: Party,
    perform: Perform,
  ): Promise<void> {
    const printed = together.print(
      members.map(({ values }) => values),
      rowCounts,
    );
    try {
      const shares = together.share(await perform(printed), members.length);
      members.forEach(({ settle }, index) => settle(shareOf(shares, index)));
    } catch (error) {
      if (isAway(error)) {
        for (const { refuse } of members) refuse(error);
        return;
      }
      const failures = await this.serveAlone(members, perform);
      if (failures === 0 && !isUndone(error)) this.keepApart(form, error);
    }
  }

  /** @returns how many of them failed */
  private async serveAlone(members: readonly Asked[], perform: Perform): Promise<number> {
    let failures = 0;
    const served = members.map(async ({ statement, settle, refuse }) => {
      try {
        settle(await perform(statement.print(this.dialect)));
      } catch (error) {
        failures += 1;
        refuse(error);
      }
    });
    await Promise.all(served);
    return failures;
  }

  /**
   * How look-ups of that form travel together. It is found out when the form proves to be no single one, for which SQLite
   * is asked for the names of the columns.
   */
  private async togetherOf(
    form: string,
    members: readonly Asked[],
    perform: Perform,
  ): Promise<Together | 'apart'> {
    const known = this.forms.get(form);
    if (known !== undefined) this.forms.delete(form);
    if (known === undefined && members.length === 1) {
      this.keep(form, 'seen once');
      return 'apart';
    }
    const how =
      known === undefined || known === 'seen once' ? await this.findOut(members, perform) : known;
    this.keep(form, how ?? 'seen once');
    return how ?? 'apart';
  }

  /** @returns undefined when the look-up itself fails, of which whoever asked hears when it is run */
  private async findOut(
    [first]: readonly Asked[],
    perform: Perform,
  ): Promise<Together | undefined> {
    if (first === undefined) return undefined;
    const described = describeSql(first.statement, this.dialect)?.print(this.dialect);
    try {
      const [row = {}] = described === undefined ? [] : await perform(described);
      return togetherSql(first.statement, Object.keys(row), this.dialect);
    } catch {
      return undefined;
    }
  }

  private keep(form: string, how: Together | 'apart' | 'seen once'): void {
    this.forms.set(form, how);
    const [oldest] = this.forms.keys();
    if (this.forms.size > formsKept && oldest !== undefined) this.forms.delete(oldest);
  }

  /** The statement for many fails where those for each do not: a defect, which costs time until it is mended. */
  private keepApart(form: string, error: unknown): void {
    this.keep(form, 'apart');
    this.logger.error(
      `Look-ups of this form can not travel together: ${form}`,
      error instanceof Error ? error.stack : String(error),
    );
  }
}

function isOpenTo(
  { rowCounts, characters }: Party,
  wanted: readonly number[],
  more: number,
): boolean {
  return (
    rowCounts.every((count, index) => count === wanted[index]) &&
    characters + more <= charactersTogetherMax
  );
}

function mostTogether(rowCounts: readonly number[]): number {
  const rows = rowCounts.reduce((sum, count) => sum + count, 0);
  return rows === 0 ? togetherMax : Math.min(togetherMax, Math.floor(rowsTogetherMax / rows));
}

function charactersOf(values: readonly SqlValue[]): number {
  return values.reduce<number>(
    (sum, value) => sum + (typeof value === 'string' ? value.length : 0),
    0,
  );
}

function shareOf(shares: readonly (readonly Row[])[], index: number): readonly Row[] {
  const share = shares[index];
  if (share === undefined) throw new Error('a statement for many left one of them out');
  return share;
}
