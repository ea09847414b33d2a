import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { EventRecorder } from '../events/event-recorder.js';
import type { RequestContext } from '../kernel/actor.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import { SecretBox } from '../keys/secret-box.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { type ApiKey, type ApiKeyDraft, isAllowed } from './api-key.js';
import { findApiKey } from './api-key-credential.js';
import { ApiKeyRepository } from './api-key.repository.js';

/** An HTTP header holds no more of a key than this. */
const keyCharactersMax = 1_024;

/** API keys: made here, found by the digest of what a caller presents. */
@Injectable()
export class ApiKeyService {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly secretBox: SecretBox,
    private readonly events: EventRecorder,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly configuration: Configuration,
  ) {}

  /**
   * @param text the key itself; 256 random bits behind a prefix that secret scanners know, unless given
   * @returns the key's text too: where secrets are shown once, this is the once
   * @throws DomainError conflict, when the text or the id is taken; invalid, for an unknown tenant or an unusable text
   */
  async create(
    context: RequestContext,
    draft: ApiKeyDraft,
    text: string = generateApiKey(),
    id: string = newId(),
  ): Promise<{ key: ApiKey; text: string }> {
    if (!isUsable(text)) {
      const message = `A key is 1 to ${keyCharactersMax} visible ASCII characters without blanks.`;
      throw DomainError.invalid({ field: 'key', rule: 'invalid', message });
    }
    const now = this.clock.now();
    const key: ApiKey = { ...draft, id, created: now, changed: now };
    const isKept = draft.isRetrievable && this.configuration.secrets === 'readable';
    const secret = {
      hmac: this.secretBox.digest('api key', text),
      cipher: isKept ? this.secretBox.seal(text, id) : null,
    };
    await this.unitOfWork.run(async () => {
      await this.keys.insert(key, secret);
      await this.events.record(
        draft.tenantId === undefined ? context : { ...context, tenantId: draft.tenantId },
        {
          type: 'api-key.create',
          objectType: 'api-key',
          objectId: id,
          after: {
            id,
            name: draft.name ?? null,
            tenantId: draft.tenantId ?? null,
            keyManager: draft.isKeyManager,
            endpoints: draft.endpoints,
          },
        },
      );
    });
    return { key, text };
  }

  /** The key that was presented, unless it has expired. Found by digest, so nothing is compared byte by byte. */
  async findValid(text: string): Promise<ApiKey | undefined> {
    if (!isUsable(text)) return undefined;
    const key = await this.keys.findByHmac(this.secretBox.digest('api key', text));
    const isAlive =
      key !== undefined && (key.expires === undefined || key.expires > this.clock.now());
    return isAlive ? key : undefined;
  }

  /** The key of an `Authorization` header, when it is valid and may call the endpoint with that method. */
  async findAllowed(
    authorization: string | undefined,
    endpoint: string,
    method: string,
  ): Promise<ApiKey | undefined> {
    const text = findApiKey(authorization);
    const key = text === undefined ? undefined : await this.findValid(text);
    const asked = method === 'HEAD' ? 'GET' : method;
    return key !== undefined && isAllowed(key, endpoint, asked) ? key : undefined;
  }

  hasAny(): Promise<boolean> {
    return this.keys.hasAny();
  }
}

function generateApiKey(): string {
  return `rck_${randomBytes(32).toString('base64url')}`;
}

function isUsable(text: string): boolean {
  return text.length <= keyCharactersMax && /^[\x21-\x7e]+$/.test(text);
}
