import { toDomainError } from './database-error.js';
import type { Dialect } from './dialect.js';
import type { Row } from './postgres-statement.js';
import type { PrintedSql, Sql, SqlValue } from './sql.js';
import { fitsDocument, type Together, togetherSql, typesOf } from './together-sql.js';

/** Runs a statement that only reads, and gives its rows. */
export type Perform = (printed: PrintedSql) => Promise<readonly Row[]>;

/** Has work done on a connection that only reads, when there is one for it. Throws what the work does, or the wait. */
export type Lend = (work: (perform: Perform) => Promise<void>) => Promise<void>;

/** So many look-ups at most travel as one statement, which must be quick as each of them is. */
const togetherMax = 16;

/** So many rows at most are asked for at once, by look-ups that say how many they want. */
const rowsTogetherMax = 2_000;

/** Searches come in endless forms: those that came first are the hot ones. */
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
  readonly members: Asked[];
}

/**
 * Look-ups outside of every transaction. Those that differ in their values alone, and come in the same turn of the event
 * loop or while no connection is free, travel as one statement: to hand one to the database and to wake up for its answer
 * costs several times what a look-up costs itself. Each is given its own rows, and its own failure: when the
 * whole fails, each is run by itself.
 */
export class LookUps {
  private readonly parties = new Map<string, Party>();
  private readonly forms = new Map<string, Together>();

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
      else void this.send({ form: undefined, members: [one] });
    });
  }

  private join(one: Asked): void {
    const { rowCounts } = one.statement;
    const form = `${one.statement.print(this.dialect).text} ${typesOf(one.values)}`;
    const key = rowCounts.length === 0 ? form : `${form} ${rowCounts.join(' ')}`;
    const party = this.parties.get(key) ?? this.gather(key, form);
    party.members.push(one);
    if (party.members.length >= mostTogether(rowCounts)) this.parties.delete(key);
  }

  private gather(key: string, form: string): Party {
    const party = { form, members: [] };
    this.parties.set(key, party);
    // Whatever else has arrived is read before it leaves.
    setImmediate(
      () =>
        void this.send(party, () => {
          if (this.parties.get(key) === party) this.parties.delete(key);
        }),
    );
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

  private async serve({ form, members }: Party, perform: Perform): Promise<void> {
    if (form === undefined) return this.serveAlone(members, perform);
    let next = 0;
    for (; next < members.length && !this.forms.has(form); next += 1)
      await this.serveAlone(members.slice(next, next + 1), perform, form);
    const rest = members.slice(next);
    const together = this.forms.get(form);
    if (together === undefined || rest.length < together.least)
      return this.serveAlone(rest, perform);
    return this.serveTogether(together, rest, perform);
  }

  private async serveTogether(
    together: Together,
    members: readonly Asked[],
    perform: Perform,
  ): Promise<void> {
    const rowCounts = members[0]?.statement.rowCounts ?? [];
    const printed = together.print(
      members.map(({ values }) => values),
      rowCounts,
    );
    try {
      const shares = together.share(await perform(printed), members.length);
      members.forEach(({ settle }, index) => settle(shareOf(shares, index)));
    } catch (error) {
      if (toDomainError(error) === undefined) await this.serveAlone(members, perform);
      else for (const { refuse } of members) refuse(error);
    }
  }

  /** @param unknown their form, when its columns are not known: the first row that comes shows them */
  private async serveAlone(
    members: readonly Asked[],
    perform: Perform,
    unknown?: string,
  ): Promise<void> {
    for (const { statement, settle, refuse } of members) {
      try {
        const rows = await perform(statement.print(this.dialect));
        if (unknown !== undefined) this.learn(unknown, statement, rows);
        settle(rows);
      } catch (error) {
        refuse(error);
      }
    }
  }

  private learn(form: string, statement: Sql, [row]: readonly Row[]): void {
    if (row === undefined || this.forms.size >= formsKept) return;
    this.forms.set(form, togetherSql(statement, Object.keys(row), this.dialect));
  }
}

function mostTogether(rowCounts: readonly number[]): number {
  const rows = rowCounts.reduce((sum, count) => sum + count, 0);
  return rows === 0 ? togetherMax : Math.min(togetherMax, Math.floor(rowsTogetherMax / rows));
}

function shareOf(shares: readonly (readonly Row[])[], index: number): readonly Row[] {
  const share = shares[index];
  if (share === undefined) throw new Error('a statement for many left one of them out');
  return share;
}
