import type { Environment } from './environment.js';

/** Which database holds the data, and how to reach it. */
export type DatabaseSettings = (
  | { readonly kind: 'sqlite'; readonly file: string; readonly synchronous: 'full' | 'normal' }
  | { readonly kind: 'postgres'; readonly url: string }
) & {
  /** How long a query that no index serves may take; the ordinary budget when left out. */
  readonly scanBudgetMs?: number;
};

/** What the server was told at its start: read once, checked once, frozen. */
export class Configuration {
  readonly port: number;
  readonly host: string;
  /** The base of every URL that we hand out, without a slash at its end. */
  readonly publicUrl: string;
  /** An absolute path. */
  readonly dataDir: string;
  readonly database: DatabaseSettings;
  /** 32 bytes: what private keys and readable secrets are encrypted under. */
  readonly encryptionKey: Buffer;
  readonly secrets: Environment['ROLLCALL_SECRETS'];
  /** Whether a new client secret may have fewer characters than it takes to be safe from guessing. */
  readonly allowsShortSecrets: boolean;
  /** Addresses and CIDR blocks: who is believed about the client's address. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: Environment['ROLLCALL_LOG_LEVEL'];
  readonly kickstartFile: string | undefined;
  /** How long a server that was told to stop goes on serving, while its readiness says that it is leaving. */
  readonly shutdownDelayMs: number;

  constructor(values: Configuration) {
    this.port = values.port;
    this.host = values.host;
    this.publicUrl = values.publicUrl;
    this.dataDir = values.dataDir;
    this.database = values.database;
    this.encryptionKey = values.encryptionKey;
    this.secrets = values.secrets;
    this.allowsShortSecrets = values.allowsShortSecrets;
    this.trustedProxies = values.trustedProxies;
    this.logLevel = values.logLevel;
    this.kickstartFile = values.kickstartFile;
    this.shutdownDelayMs = values.shutdownDelayMs;
    Object.freeze(this);
  }
}
