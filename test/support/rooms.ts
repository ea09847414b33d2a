import { Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuthModule } from '../../src/auth/auth.module.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { Configuration } from '../../src/config/configuration.js';
import { ConnectionsModule } from '../../src/connections/connections.module.js';
import { DirectoryModule } from '../../src/directory/directory.module.js';
import { NestLogger } from '../../src/edge/nest-logger.js';
import { EntitiesModule } from '../../src/entities/entities.module.js';
import { KernelModule } from '../../src/kernel/kernel.module.js';
import { KeyService } from '../../src/keys/key.service.js';
import { KeysModule } from '../../src/keys/keys.module.js';
import { Clock } from '../../src/kernel/clock.js';
import { PersistenceModule } from '../../src/persistence/persistence.module.js';
import { type TenantContext, tenantContext } from '../../src/tenants/tenant-context.js';
import { TenantsModule } from '../../src/tenants/tenants.module.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { TokensModule } from '../../src/tokens/tokens.module.js';
import { testContext } from './test-context.js';
import { testLog } from './test-log.js';
import type { FreshDatabase, TestDatabase } from './databases.js';

/** A clock that stands still until a test moves it. */
class TestClock extends Clock {
  private time = Date.UTC(2026, 0, 1);
  private gone = 0;

  override now(): number {
    return this.time;
  }

  override elapsed(): number {
    return this.gone;
  }

  /** Lets time pass, or goes back to a time before. */
  advance(milliseconds: number): void {
    this.time += milliseconds;
    this.gone += Math.max(0, milliseconds);
  }

  /** Sets the clock, as an operator or a time service does: no time passes. */
  set(milliseconds: number): void {
    this.time += milliseconds;
  }
}

/** The rooms below the faces on a real database, without HTTP. */
export interface TestRooms {
  readonly clock: TestClock;
  readonly database: FreshDatabase;
  get<Provider>(token: Type<Provider>): Provider;
  aTenant(name: string): Promise<TenantContext>;
  close(): Promise<void>;
}

@Module({
  imports: [
    TenantsModule,
    KeysModule,
    DirectoryModule,
    EntitiesModule,
    TokensModule,
    AuthModule,
    ConnectionsModule,
  ],
})
class Rooms {}

export async function openRooms(
  kind: TestDatabase,
  settings: Partial<Configuration> = {},
): Promise<TestRooms> {
  return openRoomsOn(await kind.create(), settings);
}

/** Opens the rooms on a database that is there; closing drops it. */
export async function openRoomsOn(
  database: FreshDatabase,
  settings: Partial<Configuration> = {},
): Promise<TestRooms> {
  const clock = new TestClock();
  const configuration = new Configuration({
    port: 0,
    host: '127.0.0.1',
    publicUrl: 'https://id.example.com',
    dataDir: '/nowhere',
    database: database.settings,
    encryptionKey: Buffer.alloc(32, 7),
    secrets: 'readable',
    allowsShortSecrets: false,
    trustedProxies: [],
    logLevel: 'silent',
    kickstartFile: undefined,
    shutdownDelayMs: 0,
    ...settings,
  });
  const module = await Test.createTestingModule({
    imports: [ConfigModule.of(configuration), KernelModule, PersistenceModule, Rooms],
  })
    .setLogger(new NestLogger(testLog))
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  await module.get(TenantService).ensureDefault();
  await module.get(KeyService).ensureFirst();
  return {
    clock,
    database,
    get: (token) => module.get(token, { strict: false }),
    aTenant: async (name) => {
      const tenants = module.get(TenantService, { strict: false });
      const tenant = await tenants.create(testContext, tenants.newTenantDraft(name));
      return tenantContext(testContext, tenant.id);
    },
    close: async () => {
      await module.close();
      await database.drop();
    },
  };
}
