import { afterAll, beforeAll, describe } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

/** The application of a chapter, and a client whose tenant the chapter's tests share. */
export interface Server {
  readonly app: TestApp;
  readonly client: TestScimConnection;
}

/** A chapter's tests, on each database with one application for all of them. */
export function chapter(title: string, tests: (server: Server) => void): void {
  describe.each(databases)(`RFC: ${title} on $name`, (database) => {
    let app: TestApp;
    let client: TestScimConnection;

    beforeAll(async () => {
      app = await startApp(database);
      client = await aScimConnection(app);
    });
    afterAll(() => app.close());

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
