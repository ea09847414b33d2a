import { type DynamicModule, Module } from '@nestjs/common';
import { Configuration } from './configuration.js';

/** Hands the one configuration to every room. */
@Module({})
export class ConfigModule {
  static of(configuration: Configuration): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: Configuration, useValue: configuration }],
      exports: [Configuration],
    };
  }
}
