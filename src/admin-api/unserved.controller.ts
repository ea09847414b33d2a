import { All, Controller, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { askedPath, Requires } from '../auth/requires.js';
import { DomainError } from '../kernel/domain-error.js';
import { unservedPaths } from './unserved-paths.js';

/** What FusionAuth's API has and this server does not (contract/README.md §7): said, once the key was looked at. */
@Controller('/api')
@Requires(askedPath)
export class UnservedController {
  @All(unservedPaths.flatMap((path) => [path, `${path}/*`]))
  refuse(@Req() request: FastifyRequest): never {
    const [path] = request.url.split('?', 1);
    const message = `This server does not serve [${path}] of FusionAuth's API.`;
    throw new DomainError('not_implemented', message);
  }
}
