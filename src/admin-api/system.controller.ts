import { Controller, Get } from '@nestjs/common';
import { Requires } from '../auth/requires.js';
import { apiVersion } from '../kernel/api-version.js';

/** contract/operations.md §8. */
@Controller('/api/system')
export class SystemController {
  @Get('version')
  @Requires('/api/system/version')
  version(): { version: string } {
    return { version: apiVersion };
  }
}
