import { Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { Readiness } from './readiness.js';

/** The clock and the process's readiness, for every room. */
@Global()
@Module({ providers: [Clock, Readiness], exports: [Clock, Readiness] })
export class KernelModule {}
