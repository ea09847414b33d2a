import { Injectable } from '@nestjs/common';
import { GrantEndings } from '../entities/grant-endings.js';
import { Clock } from '../kernel/clock.js';
import { TokenRepository } from './token.repository.js';

/**
 * Revokes the recorded tokens of a grant that ends, in the same transaction: given again it must not bring them back.
 * Tokens without a record end by their `iat`, which is before the new grant's beginning.
 */
@Injectable()
export class TokenRevocation {
  constructor(endings: GrantEndings, tokens: TokenRepository, clock: Clock) {
    endings.onEnding((context, { targetId, entityIds }) =>
      tokens.revokeAll(context, targetId, entityIds, clock.now()),
    );
  }
}
