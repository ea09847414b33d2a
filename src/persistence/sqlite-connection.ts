import sqlite3 from 'sqlite3';
import type { Database, RunResult, Statement } from 'sqlite3';

/** Statements kept prepared on each connection; the one that was longest unused makes room. */
const statementsKept = 300;

const interruptAgainMs = 25;

const explaining = /^\s*explain\b/i;

export type SqliteRow = Record<string, unknown>;

/** What a statement did: its rows, or how many rows it changed and the number of the last one it added. */
export interface SqliteResult {
  readonly rows: readonly SqliteRow[];
  readonly changes: number;
  readonly lastId: number | undefined;
}

/**
 * One connection of the `sqlite3` package, spoken to in promises. Statements run one at a time in the order of
 * the calls; the package alone would hand prepared ones to several threads at once.
 */
export class SqliteConnection {
  private readonly statements = new Map<string, Statement>();
  private last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly database: Database) {}

  static open(file: string): Promise<SqliteConnection> {
    return new Promise((resolve, reject) => {
      const database = new sqlite3.Database(file, (error) => {
        if (error) reject(error);
        else resolve(new SqliteConnection(database));
      });
    });
  }

  /** Runs a statement that has rows to give: a query, a pragma, a write with `returning`. */
  all(text: string, values: readonly unknown[] = []): Promise<SqliteResult> {
    return this.inTurn(text, values, allRows);
  }

  /**
   * Runs a query that may take so long and no longer, from when its turn has come. What comes before and after it is
   * never interrupted: the connection runs nothing else meanwhile.
   * @throws the driver's error, `SQLITE_INTERRUPT` when the time is used up
   */
  allWithin(limitMs: number, text: string, values: readonly unknown[]): Promise<SqliteResult> {
    return this.inTurn(text, values, (statement, given) =>
      interruptedAfter(limitMs, this.database, allRows(statement, given)),
    );
  }

  /** Runs a statement that has none. */
  run(text: string, values: readonly unknown[] = []): Promise<SqliteResult> {
    return this.inTurn(text, values, runOnce);
  }

  /** Waits for what is under way, then closes. Nothing may be asked of it afterwards. */
  async close(): Promise<void> {
    await this.last;
    for (const statement of this.statements.values()) statement.finalize();
    this.statements.clear();
    await new Promise<void>((resolve, reject) => {
      this.database.close((error) => (error ? reject(error) : resolve()));
    });
  }

  private inTurn(
    text: string,
    values: readonly unknown[],
    perform: Perform,
  ): Promise<SqliteResult> {
    const turn = this.last.then(() => this.perform(text, values, perform));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async perform(
    text: string,
    values: readonly unknown[],
    perform: Perform,
  ): Promise<SqliteResult> {
    values.forEach(assertBindable);
    const statement = this.known(text) ?? (await this.prepare(text));
    try {
      const result = await perform(statement, values);
      // SQLite counts an explained statement among the running ones until it is let go, and then no commit succeeds.
      if (explaining.test(text)) this.forget(text, statement);
      return result;
    } catch (error) {
      // A statement that met a lock stays half-way and would keep the transaction from ending.
      this.forget(text, statement);
      throw error;
    }
  }

  /** The prepared statement, now the one that was used last. */
  private known(text: string): Statement | undefined {
    const statement = this.statements.get(text);
    if (statement === undefined) return undefined;
    this.statements.delete(text);
    this.statements.set(text, statement);
    return statement;
  }

  private async prepare(text: string): Promise<Statement> {
    const statement = await prepared(this.database, text);
    this.statements.set(text, statement);
    const [oldest] = this.statements;
    if (this.statements.size > statementsKept && oldest !== undefined) this.forget(...oldest);
    return statement;
  }

  private forget(text: string, statement: Statement): void {
    this.statements.delete(text);
    statement.finalize();
  }
}

type Perform = (statement: Statement, values: readonly unknown[]) => Promise<SqliteResult>;

function prepared(database: Database, text: string): Promise<Statement> {
  return new Promise((resolve, reject) => {
    const statement = database.prepare(text, (error: Error | null) =>
      error ? reject(error) : resolve(statement),
    );
  });
}

function allRows(statement: Statement, values: readonly unknown[]): Promise<SqliteResult> {
  return new Promise((resolve, reject) => {
    statement.all<SqliteRow>(values, (error, rows) => {
      if (error) reject(error);
      else resolve({ rows, changes: rows.length, lastId: undefined });
    });
  });
}

async function interruptedAfter<Result>(
  limitMs: number,
  database: Database,
  work: Promise<Result>,
): Promise<Result> {
  // More than once: SQLite knows nothing to interrupt while the statement still waits for one of Node's few threads.
  const interrupt = () => {
    database.interrupt();
    timer = setTimeout(interrupt, interruptAgainMs);
  };
  let timer = setTimeout(interrupt, limitMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

function runOnce(statement: Statement, values: readonly unknown[]): Promise<SqliteResult> {
  return new Promise((resolve, reject) => {
    statement.run(values, function (this: RunResult, error: Error | null) {
      if (error) reject(error);
      else resolve({ rows: [], changes: this.changes, lastId: this.lastID });
    });
  });
}

/** The package writes an object as the text "[object Object]" without a word. */
function assertBindable(value: unknown): void {
  const isScalar =
    value === null || value === undefined || ['string', 'number', 'boolean'].includes(typeof value);
  if (isScalar || value instanceof Uint8Array) return;
  throw new TypeError(`SQLite takes no ${typeof value} as a parameter.`);
}
