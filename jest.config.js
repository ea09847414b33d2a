import { fileURLToPath } from 'node:url';
import { readTogether } from './test/support/together.js';

const base = {
  testEnvironment: '<rootDir>/test/support/node-environment.js',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'json'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }] },
};

const system = {
  ...base,
  testMatch: ['<rootDir>/test/**/*.spec.ts', '<rootDir>/test/**/*.e2e-spec.ts'],
  setupFiles: ['<rootDir>/test/support/nest-log.setup.ts'],
  globalSetup: '<rootDir>/test/support/start-postgres.ts',
  globalTeardown: '<rootDir>/test/support/stop-postgres.ts',
};

const together = readTogether(fileURLToPath(new URL('.', import.meta.url)));
const parts = [...together.values()].flat();

function toPattern(path) {
  return `<rootDir>/${path.replaceAll('.', '\\.')}$`;
}

/**
 * `unit` is pure and runs in seconds; `system` starts databases and the application, one file as one spec. `whole` has
 * the same tests as `system` in fewer files, for who wants all of them.
 */
export default {
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/src/**/*.spec.ts'] },
    { ...system, displayName: 'system', testPathIgnorePatterns: ['<rootDir>/test/together/'] },
    { ...system, displayName: 'whole', testPathIgnorePatterns: parts.map(toPattern) },
  ],
  testSequencer: '<rootDir>/test/support/longest-first.js',
  reporters: ['default', '<rootDir>/test/support/rfc-reporter.js'],
  testTimeout: 60_000,
  workerIdleMemoryLimit: '512MB',
  maxWorkers: 2,
};
