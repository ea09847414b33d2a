import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { ConfigurationError } from '../config/configuration-error.js';

const nonceBytes = 12;
const tagBytes = 16;

/** What a digest is for: the same secret has another digest in another place. */
type DigestPurpose = 'entity secret' | 'tenant secret' | 'api key' | 'list cursor';

/**
 * Everything that is done under the installation's encryption key: sealing what must be read back
 * (AES-256-GCM) and digesting what is only compared (HMAC-SHA-256). The two use keys derived apart (HKDF).
 */
@Injectable()
export class SecretBox {
  private readonly sealingKey: Buffer;
  private readonly digestKey: Buffer;
  private readonly keyId: string;

  constructor(configuration: Configuration) {
    this.sealingKey = derive(configuration.encryptionKey, 'rollcall seal 1');
    this.digestKey = derive(configuration.encryptionKey, 'rollcall digest 1');
    this.keyId = createHash('sha256').update(this.sealingKey).digest('hex').slice(0, 8);
  }

  /**
   * @param rowId bound to the ciphertext, so that it cannot be moved to another row
   * @returns `<key id>.<nonce, tag and ciphertext in base64url>`
   */
  seal(plain: string, rowId: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.sealingKey, nonce).setAAD(Buffer.from(rowId));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return `${this.keyId}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** @throws ConfigurationError when the text was sealed under another encryption key */
  open(text: string, rowId: string): string {
    const [keyId, body] = text.split('.');
    if (keyId !== this.keyId || body === undefined) throw wrongKey();
    const bytes = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.sealingKey, bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(rowId))
      .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    return Buffer.concat([
      decipher.update(bytes.subarray(nonceBytes + tagBytes)),
      decipher.final(),
    ]).toString('utf8');
  }

  /** The form in which a secret is kept for comparison and look-up: 64 hexadecimal digits. */
  digest(purpose: DigestPurpose, secret: string): string {
    return createHmac('sha256', this.digestKey)
      .update(purpose)
      .update('\0')
      .update(secret, 'utf8')
      .digest('hex');
  }

  /** Constant time for digests, which all have one length. */
  isSameDigest(left: string, right: string): boolean {
    return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
  }
}

function derive(key: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), use, 32));
}

function wrongKey(): ConfigurationError {
  return new ConfigurationError([
    'The encryption key is not the one that this database was written with.',
  ]);
}
