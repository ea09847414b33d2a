import { Controller, Get } from '@nestjs/common';
import { Requires } from '../auth/requires.js';

/** The level of FusionAuth's API that is spoken here: clients choose by it what they may send. */
const apiVersion = '1.69.0';

/** contract/operations.md §8. */
@Controller('/api/system')
export class SystemController {
  @Get('version')
  @Requires('/api/system/version')
  version(): { version: string } {
    return { version: apiVersion };
  }
}
