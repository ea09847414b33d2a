import { Controller, Get, Post, UseFilters } from '@nestjs/common';
import { anyone, Requires } from '../auth/requires.js';
import { authorizationPath } from './discovery-document.js';
import { OAuthErrorFilter } from './oauth-error.filter.js';
import { OAuthError } from './oauth-error.js';

/**
 * The authorization endpoint (RFC 6749 §3.1), which clients want to see in the metadata though nobody signs in here. It
 * redirects nowhere: no client has registered an address (RFC 6749 §4.1.2.1).
 */
@Controller(authorizationPath)
@Requires(anyone)
@UseFilters(OAuthErrorFilter)
export class AuthorizationController {
  @Get()
  get(): never {
    throw new OAuthError('unsupportedResponseType');
  }

  @Post()
  post(): never {
    throw new OAuthError('unsupportedResponseType');
  }
}
