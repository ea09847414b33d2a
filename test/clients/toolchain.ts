import { spawnSync } from 'node:child_process';

/** What a client needs beside Node, and how to ask for its version. */
interface Toolchain {
  readonly program: string;
  readonly args: readonly string[];
  readonly version: RegExp;
  readonly atLeast: readonly [major: number, minor: number];
}

const toolchains = {
  Java: {
    program: 'java',
    args: ['-version'],
    version: /version "(\d+)(?:\.(\d+))?/,
    atLeast: [17, 0],
  },
  Maven: { program: 'mvn', args: ['-v'], version: /Apache Maven (\d+)\.(\d+)/, atLeast: [3, 6] },
  Go: { program: 'go', args: ['version'], version: /go(\d+)\.(\d+)/, atLeast: [1, 25] },
  Python: {
    program: 'python3',
    args: ['--version'],
    version: /Python (\d+)\.(\d+)/,
    atLeast: [3, 10],
  },
} satisfies Record<string, Toolchain>;

export type ToolchainName = keyof typeof toolchains;

/** The first toolchain that is missing or too old, in words; nothing when all are there. */
export function findMissing(names: readonly ToolchainName[]): string | undefined {
  return names
    .filter((name) => !isThere(toolchains[name]))
    .map((name) => `${name} ${toolchains[name].atLeast.join('.')} or newer`)
    .at(0);
}

function isThere({ program, args, version, atLeast }: Toolchain): boolean {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  const found = version.exec(`${stdout ?? ''}${stderr ?? ''}`);
  if (found === null) return false;
  const [major, minor] = [Number(found[1]), Number(found[2] ?? 0)];
  return major > atLeast[0] || (major === atLeast[0] && minor >= atLeast[1]);
}
