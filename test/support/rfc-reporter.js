import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import typescript from 'typescript';
import { readTogether } from './together.js';

const folder = 'test/rfc';

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
    const together = readTogether(rootDir);
    const specsIn = ({ testFilePath }) => {
      const path = relative(rootDir, testFilePath).replaceAll(sep, '/');
      return together.get(path) ?? [path];
    };
    const isOurs = (result) => specsIn(result).every((path) => dirname(path) === folder);
    const ran = testResults.filter(isOurs);
    const paths = new Set(ran.flatMap(specsIn));
    const names = (await readdir(join(rootDir, folder))).filter((name) =>
      name.endsWith('.spec.ts'),
    );
    if (testNamePattern || names.some((name) => !paths.has(`${folder}/${name}`))) return;
    const outcomes = ran.flatMap(({ testResults: tests }) =>
      tests.map(({ title, status }) => ({ title, status })),
    );
    const { toConformanceDocument } = await importData(rootDir);
    await writeFile(join(rootDir, 'docs', 'scim-conformance.md'), toConformanceDocument(outcomes));
  }
}

/** The sentences are TypeScript, which Jest translates for its tests and not for its reporters. */
async function importData(rootDir) {
  const source = join(rootDir, folder);
  const target = join(rootDir, '.tmp', 'rfc');
  for (const below of ['.', 'sentences']) {
    await mkdir(join(target, below), { recursive: true });
    const files = await readdir(join(source, below));
    for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))) {
      const text = await readFile(join(source, below, file), 'utf8');
      const { outputText } = typescript.transpileModule(text, {
        compilerOptions: { module: 'esnext', target: 'es2023' },
      });
      await writeFile(join(target, below, file.replace(/\.ts$/, '.js')), outputText);
    }
  }
  return import(pathToFileURL(join(target, 'conformance.js')).href);
}
