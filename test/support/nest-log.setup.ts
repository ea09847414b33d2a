import { Logger } from '@nestjs/common';
import { NestLogger } from '../../src/edge/nest-logger.js';
import { testLog } from './test-log.js';

// A test that opens a database without an application would otherwise speak through Nest's own console logger.
Logger.overrideLogger(new NestLogger(testLog));
