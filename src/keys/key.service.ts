import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventRecorder } from '../events/event-recorder.js';
import type { RequestContext } from '../kernel/actor.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import { isAway } from '../persistence/database-error.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { KeyRepository, type SealedKey } from './key.repository.js';
import { SecretBox } from './secret-box.js';
import type { PublicJwk, Signer, SigningKey, Verifier } from './signing-key.js';

const system: RequestContext = { actor: { kind: 'system', id: 'start' }, requestId: 'start' };

/** A key made by another process is looked for at most this often, however many unknown `kid`s arrive. */
const reloadPauseMs = 1_000;

interface LoadedKey {
  readonly key: SigningKey;
  readonly publicKey: KeyObject;
  readonly signer: Signer | undefined;
}

/** The installation's signing keys: read once, held in memory, read again when a key is asked for that is not there. */
@Injectable()
export class KeyService {
  private loaded: readonly LoadedKey[] = [];
  private loadedAt = -Infinity;
  private loading: Promise<void> | undefined;
  private awayUntil = -Infinity;

  constructor(
    private readonly keys: KeyRepository,
    private readonly secretBox: SecretBox,
    private readonly events: EventRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the installation's first key when there is none, and reads all of them.
   * @throws ConfigurationError when the stored keys were sealed under another encryption key
   */
  async ensureFirst(): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.keys.lockInstallation();
      const existing = await this.keys.list();
      if (existing.length === 0) await this.create('Default signing key');
    });
    await this.load();
  }

  /**
   * Reads all keys; callers that come together wait for one reading.
   * @returns whether there are any
   * @throws ConfigurationError when the stored keys were sealed under another encryption key
   */
  async load(): Promise<boolean> {
    this.loading ??= this.read().finally(() => {
      this.loading = undefined;
    });
    await this.loading;
    return this.loaded.length > 0;
  }

  /**
   * @param id undefined for the installation's default key
   * @throws DomainError not_found
   */
  async getSigner(id: string | undefined): Promise<Signer> {
    const find = () =>
      id === undefined
        ? this.loaded.find(
            (loaded) => loaded.key.state === 'signing' && loaded.signer !== undefined,
          )
        : this.loaded.find((loaded) => loaded.key.id === id);
    const found = find() ?? (await this.reload(find));
    if (found?.signer === undefined) throw DomainError.notFound('signing key', id ?? 'default');
    return found.signer;
  }

  /** The key that signs where a tenant or an entity type names none. */
  async getDefaultId(): Promise<string> {
    return (await this.getSigner(undefined)).keyId;
  }

  /** Those of the ids that name no key. An unknown one is looked for in the database before it is called that. */
  async findUnknown(ids: readonly string[]): Promise<readonly string[]> {
    const isUnknown = (id: string) => !this.loaded.some(({ key }) => key.id === id);
    if (ids.some(isUnknown)) await this.load();
    return ids.filter(isUnknown);
  }

  /** What verifies signatures under this `kid`, compared as text and nothing else. */
  async findVerifier(kid: string): Promise<Verifier | undefined> {
    const find = () => this.loaded.find((loaded) => loaded.key.kid === kid);
    const found = find() ?? (await this.reload(find));
    if (found === undefined) return undefined;
    return { keyId: found.key.id, kid, algorithm: found.key.algorithm, publicKey: found.publicKey };
  }

  /** The public halves of all keys, or of the named ones and the default key. */
  async listPublic(ids?: ReadonlySet<string>): Promise<readonly PublicJwk[]> {
    await this.refresh();
    const defaultSigner = await this.getSigner(undefined);
    return this.loaded
      .filter(({ key }) => ids === undefined || ids.has(key.id) || key.id === defaultSigner.keyId)
      .map(({ key }) => key.publicJwk);
  }

  private async create(name: string): Promise<void> {
    const now = this.clock.now();
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const publicJwk = toPublicJwk(publicKey);
    const id = newId();
    const key: SigningKey = {
      id,
      kid: publicJwk.kid,
      name,
      algorithm: 'ES256',
      publicJwk,
      state: 'signing',
      notBefore: now,
      retireAfter: undefined,
      created: now,
    };
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await this.keys.insert({ key, cipher: this.secretBox.seal(pem, id) });
    await this.events.record(system, {
      type: 'key.create',
      objectType: 'key',
      objectId: id,
      after: { id, kid: key.kid, name, algorithm: key.algorithm },
    });
  }

  private async reload(find: () => LoadedKey | undefined): Promise<LoadedKey | undefined> {
    if (this.clock.elapsed() - this.loadedAt < reloadPauseMs) return undefined;
    await this.load();
    return find();
  }

  /** Reads the keys again. While the database is away, those that are loaded are told: they have not changed since. */
  private async refresh(): Promise<void> {
    if (this.clock.elapsed() < this.awayUntil) return;
    try {
      await this.reload(() => undefined);
    } catch (error) {
      if (!isAway(error) || this.loaded.length === 0) throw error;
      this.awayUntil = this.clock.elapsed() + reloadPauseMs;
    }
  }

  private async read(): Promise<void> {
    const sealed = await this.keys.list();
    this.loaded = sealed.map((one) => this.open(one));
    this.loadedAt = this.clock.elapsed();
  }

  private open({ key, cipher }: SealedKey): LoadedKey {
    const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' });
    if (cipher === undefined) return { key, publicKey, signer: undefined };
    const privateKey = createPrivateKey(this.secretBox.open(cipher, key.id));
    return {
      key,
      publicKey,
      signer: { keyId: key.id, kid: key.kid, algorithm: key.algorithm, privateKey },
    };
  }
}

/** The `kid` is the key's thumbprint (RFC 7638): the required members in alphabetical order. */
function toPublicJwk(publicKey: KeyObject): PublicJwk {
  const { x, y } = publicKey.export({ format: 'jwk' });
  if (x === undefined || y === undefined) throw new Error('an EC key has two coordinates');
  const thumbprint = createHash('sha256')
    .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
    .digest('base64url');
  return { kty: 'EC', crv: 'P-256', x, y, alg: 'ES256', kid: thumbprint, use: 'sig' };
}
