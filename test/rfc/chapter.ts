import { afterAll, beforeAll, describe } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

/** The application of the chapters, and a client whose tenant the chapter's tests share. */
export interface Server {
  readonly app: TestApp;
  readonly client: TestScimConnection;
}

/** Chapters that run together share an application for each database; each has a tenant of its own. */
const apps = new Map<TestDatabase, Promise<TestApp>>();

function appOn(database: TestDatabase): Promise<TestApp> {
  const app = apps.get(database) ?? startApp(database);
  apps.set(database, app);
  return app;
}

afterAll(async () => {
  const started = await Promise.allSettled(apps.values());
  for (const app of started) if (app.status === 'fulfilled') await app.value.close();
});

/** A chapter's tests, on each database. */
export function chapter(title: string, tests: (server: Server) => void): void {
  describe.each(databases)(`RFC: ${title} on $name`, (database) => {
    let app: TestApp;
    let client: TestScimConnection;

    beforeAll(async () => {
      app = await appOn(database);
      client = await aScimConnection(app);
    });

    tests({
      get app() {
        return app;
      },
      get client() {
        return client;
      },
    });
  });
}
