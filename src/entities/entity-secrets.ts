import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import { SecretBox } from '../keys/secret-box.js';
import type { StoredSecret } from './client-claim.repository.js';
import { EntitySecretRepository } from './entity-secret.repository.js';

/** A secret that a caller chooses: as many characters as 128 random bits have with some room for words among them. */
export const clientSecretCharactersMin = 24;

/** 256 bits from the system's generator, in base64url, behind a prefix that secret scanners know. */
export function generateClientSecret(): string {
  return `rcs_${randomBytes(32).toString('base64url')}`;
}

/**
 * Client secrets: compared by digest in constant time, and readable (sealed under the encryption key) unless
 * the installation says that a secret is shown once.
 */
@Injectable()
export class EntitySecrets {
  constructor(
    private readonly secrets: EntitySecretRepository,
    private readonly secretBox: SecretBox,
    private readonly clock: Clock,
    private readonly configuration: Configuration,
  ) {}

  /**
   * For a secret that the entity does not have yet: one that is there stays good, however short it is.
   * @throws DomainError invalid, for one that could be guessed, unless the installation allows it
   */
  checkNew(clientSecret: string): void {
    const isLong = [...clientSecret].length >= clientSecretCharactersMin;
    if (isLong || this.configuration.allowsShortSecrets) return;
    throw DomainError.invalid({
      field: 'clientSecret',
      rule: 'tooShort',
      message: `[clientSecret] must have at least ${clientSecretCharactersMin} characters; left out, a new entity is given one.`,
    });
  }

  /** Called inside the unit of work of the entity's change. */
  async set(entityId: string, clientSecret: string): Promise<void> {
    const id = newId();
    await this.secrets.replace({
      id,
      entityId,
      hmac: this.secretBox.digest('entity secret', clientSecret),
      cipher:
        this.configuration.secrets === 'readable' ? this.secretBox.seal(clientSecret, id) : null,
      expires: null,
      created: this.clock.now(),
    });
  }

  /** The secrets that can be shown, by entity id. */
  async readable(entityIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.secrets.listOf(entityIds);
    return new Map(
      rows.flatMap(({ id, entityId, cipher }) =>
        cipher === null ? [] : [[entityId, this.secretBox.open(cipher, id)]],
      ),
    );
  }

  /**
   * Whether the secret is one of the entity's. An unknown entity costs what a known one costs: the same read,
   * the same digest, one comparison.
   */
  async isRight(entityId: string | undefined, presented: string): Promise<boolean> {
    return this.isAmong(await this.secrets.listOf([entityId ?? nobody]), presented);
  }

  /** The same for secrets that have been read; none cost what one does. */
  isAmong(stored: readonly StoredSecret[], presented: string): boolean {
    const digest = this.secretBox.digest('entity secret', presented);
    const alive = stored.filter(({ expires }) => expires === null || expires > this.clock.now());
    const candidates = alive.length === 0 ? [{ hmac: impossibleDigest }] : alive;
    return candidates.map(({ hmac }) => this.secretBox.isSameDigest(hmac, digest)).includes(true);
  }
}

const nobody = '00000000-0000-0000-0000-000000000000';

/** As long as a digest and equal to none: digests are hexadecimal. */
const impossibleDigest = 'x'.repeat(64);
