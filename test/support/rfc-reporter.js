import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import typescript from 'typescript';

/**
 * Writes `docs/scim-conformance.md` from what became of the tests in `test/rfc/`. Only after a run that had all of them:
 * a part of the tests says nothing of the whole.
 */
export default class RfcReporter {
  constructor(globalConfig) {
    this.globalConfig = globalConfig;
  }

  async onRunComplete(_contexts, { testResults }) {
    const { rootDir, testNamePattern } = this.globalConfig;
    const folder = join(rootDir, 'test', 'rfc');
    const ran = testResults.filter(({ testFilePath }) => dirname(testFilePath) === folder);
    const names = new Set(ran.map(({ testFilePath }) => basename(testFilePath)));
    const specs = (await readdir(folder)).filter((name) => name.endsWith('.spec.ts'));
    if (testNamePattern || specs.some((name) => !names.has(name))) return;
    const outcomes = ran.flatMap(({ testResults: tests }) =>
      tests.map(({ title, status }) => ({ title, status })),
    );
    const { toConformanceDocument } = await importData(rootDir);
    await writeFile(join(rootDir, 'docs', 'scim-conformance.md'), toConformanceDocument(outcomes));
  }
}

/** The sentences are TypeScript, which Jest translates for its tests and not for its reporters. */
async function importData(rootDir) {
  const source = join(rootDir, 'test', 'rfc');
  const target = join(rootDir, '.tmp', 'rfc');
  for (const folder of ['.', 'sentences']) {
    await mkdir(join(target, folder), { recursive: true });
    const files = await readdir(join(source, folder));
    for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))) {
      const text = await readFile(join(source, folder, file), 'utf8');
      const { outputText } = typescript.transpileModule(text, {
        compilerOptions: { module: 'esnext', target: 'es2023' },
      });
      await writeFile(join(target, folder, file.replace(/\.ts$/, '.js')), outputText);
    }
  }
  return import(pathToFileURL(join(target, 'conformance.js')).href);
}
