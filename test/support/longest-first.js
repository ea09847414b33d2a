import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/**
 * The specs that take longest, the slowest first. They wait more than they read, so their size, which is all that Jest
 * has to go by on a fresh clone, says nothing of it.
 */
const longest = [
  'test/faults/kills-postgres.spec.ts',
  'test/faults/kills-sqlite.spec.ts',
  'test/conversations/conversations.e2e-spec.ts',
  'test/e2e/cli.e2e-spec.ts',
  'test/together/storage.spec.ts',
  'test/together/scim-resources.spec.ts',
  'test/together/scim-requests.spec.ts',
  'test/e2e/quickstart.e2e-spec.ts',
  'test/concurrency/one-process.spec.ts',
  'test/together/rfc-reads.spec.ts',
  'test/together/rfc-changes.spec.ts',
  'test/e2e/kickstart.e2e-spec.ts',
  'test/concurrency/two-processes.spec.ts',
  'test/together/admin.spec.ts',
  'test/properties/awkward-strings.spec.ts',
  'test/e2e/readme.e2e-spec.ts',
  'test/e2e/shutdown.e2e-spec.ts',
  'test/e2e/database-away.e2e-spec.ts',
  'test/together/oauth.spec.ts',
];

/** Starts the longest specs first: one that comes last leaves the other worker with nothing to do. */
export default class LongestFirst extends Sequencer {
  constructor(options) {
    super(options);
    const { rootDir } = options.globalConfig;
    const missing = longest.filter((path) => !existsSync(join(rootDir, path)));
    if (missing.length > 0) throw new Error(`These specs are not there: ${missing.join(', ')}`);
  }

  sort(tests) {
    const rank = ({ path, context }) => {
      const index = longest.findIndex((name) => join(context.config.rootDir, name) === path);
      return index === -1 ? longest.length : index;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
