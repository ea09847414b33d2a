/**
 * The copy that is run in place of the working tree: the sources of `src/` and what the specs need of `test/`, compiled,
 * the files under test with their mutants in them.
 */
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { findMutants, instrument } from './mutants.js';

const globals = '@jest/globals';

/** Which files each spec loads, by the imports that its sources name. */
export async function readImports(root, specs) {
  const imports = new Map();
  const waiting = [...specs];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (imports.has(file)) continue;
    const text = await readFile(join(root, file), 'utf8');
    const found = ts
      .preProcessFile(text, true, true)
      .importedFiles.map(({ fileName }) => fileName)
      .filter((name) => name.startsWith('.'))
      .map((name) => posix.join(posix.dirname(file), name).replace(/\.js$/, '.ts'));
    imports.set(file, found);
    waiting.push(...found.filter((name) => name.endsWith('.ts')));
  }
  return imports;
}

/** All that a file loads, itself included. */
export function reachableFrom(imports, file) {
  const reached = new Set([file]);
  for (const one of reached) for (const next of imports.get(one) ?? []) reached.add(next);
  return reached;
}

/** Writes the copy into a new folder below `.tmp/` and gives the folder and all mutants. */
export async function writeCopy(root, files, isUnderTest) {
  await mkdir(join(root, '.tmp'), { recursive: true });
  const folder = await mkdtemp(join(root, '.tmp', 'mutate-'));
  const { compilerOptions } = JSON.parse(await readFile(join(root, 'tsconfig.json'), 'utf8'));
  // A file that is compiled by itself is not looked up in its package, so it is told that modules are meant.
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...compilerOptions, module: 'esnext', moduleResolution: 'bundler', rootDir: undefined },
    root,
  );
  const mutants = [];
  for (const file of [...files].sort()) {
    const text = await readFile(join(root, file), 'utf8');
    const ofFile = isUnderTest(file) ? findMutants(file, text, mutants.length) : [];
    mutants.push(...ofFile);
    await writeScript(folder, file, instrument(text, ofFile), options);
  }
  // Sources read the package's version two folders above them.
  await writeFile(join(folder, 'package.json'), await readFile(join(root, 'package.json')));
  return { folder, mutants };
}

async function writeScript(folder, file, text, compilerOptions) {
  const { outputText, diagnostics } = ts.transpileModule(text, {
    fileName: file,
    compilerOptions,
    reportDiagnostics: true,
  });
  const [fault] = diagnostics ?? [];
  if (fault !== undefined)
    throw new Error(`${file}: ${ts.flattenDiagnosticMessageText(fault.messageText, ' ')}`);
  const path = join(folder, file.replace(/\.ts$/, '.js'));
  await mkdir(dirname(path), { recursive: true });
  const testGlobals = new URL('./test-globals.js', import.meta.url).href;
  await writeFile(path, outputText.replaceAll(`'${globals}'`, `'${testGlobals}'`));
}
