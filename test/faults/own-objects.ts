import type { Facts, Ledger } from './ledger.js';
import type { Random } from './random.js';

export type Kind = 'user' | 'group' | 'entity' | 'grant';

/** So many objects of a kind, and then some go before others come: reading all of them back stays quick. */
const most: Readonly<Record<Kind, number>> = { user: 12, group: 4, entity: 4, grant: 4 };

/** The objects of one client, whose names begin with the client's. */
export class OwnObjects {
  /** What the server calls them, by the names that we gave them. */
  private ids = new Map<string, string>();
  private made = 0;

  constructor(
    private readonly client: string,
    readonly ledger: Ledger,
    private readonly random: Random,
  ) {}

  get known(): Facts {
    return this.ledger.known;
  }

  names(kind: Kind): string[] {
    const start = `${kind} ${this.client}-`;
    return [...this.known.keys()]
      .filter((key) => key.startsWith(start))
      .map((key) => key.slice(kind.length + 1));
  }

  isFull(kind: Kind): boolean {
    return this.names(kind).length >= most[kind];
  }

  /** One of them, if there is any. */
  oneOf(kind: Kind): string | undefined {
    const names = this.names(kind);
    return names.length === 0 ? undefined : this.random.pick(names);
  }

  /** A name that nothing ever had. */
  newName(): string {
    this.made += 1;
    return `${this.client}-${this.made}`;
  }

  idOf(kind: Kind, name: string): string {
    const id = this.ids.get(`${kind} ${name}`);
    if (id === undefined) throw new Error(`Nobody knows the id of ${kind} ${name}.`);
    return id;
  }

  setId(kind: Kind, name: string, id: string | undefined): void {
    if (id === undefined) throw new Error(`The server did not tell the id of ${kind} ${name}.`);
    this.ids.set(`${kind} ${name}`, id);
  }

  /** To be told after each reading: a write without an answer may have made objects. */
  setIds(ids: ReadonlyMap<string, string>): void {
    this.ids = new Map(ids);
  }
}
