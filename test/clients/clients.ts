import { delimiter, join, resolve } from 'node:path';
import type { ToolchainName } from './toolchain.js';

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** A program below `test/clients/` and the published library that it uses. */
export interface OutsideClient {
  readonly name: string;
  readonly library: string;
  readonly toolchains: readonly ToolchainName[];
  /** Fetch and build; they need the registries, and no server. */
  readonly prepare: readonly Command[];
  readonly run: Command;
}

const folder = (name: string) => join('test/clients', name);

/** What a client fetches and builds; git ignores it. */
const work = (name: string) => join('.tmp/clients', name);

export const clients: readonly OutsideClient[] = [
  nodeClient('fusionauth-typescript', '@fusionauth/typescript-client 1.69.0'),
  javaClient('fusionauth-java', 'io.fusionauth:fusionauth-java-client 1.53.0'),
  goClient('fusionauth-go', 'github.com/FusionAuth/go-client v1.68.0'),
  pythonClient('fusionauth-python', 'fusionauth-client 1.69.0'),
  goClient('go-oidc', 'golang.org/x/oauth2 v0.36.0, github.com/coreos/go-oidc/v3 v3.21.0'),
  javaClient('spring', 'Spring Security 7.0, by Spring Boot 4.0.7'),
  pythonClient('authlib', 'Authlib 1.9.6'),
  javaClient('scim-sdk', 'de.captaingoldfish:scim-sdk-client 1.30.0'),
  javaClient('unboundid', 'com.unboundid.product.scim2:scim2-sdk-client 5.0.0'),
  javaClient('unboundid-bulk', 'com.unboundid.product.scim2:scim2-sdk-client 5.1.0'),
  pythonClient('scim2-tester', 'scim2-tester 0.5.2, scim2-client 0.13.2'),
];

/** The compiler has built it together with the runner. */
function nodeClient(name: string, library: string): OutsideClient {
  const program = join('.tmp/clients/build/test/clients', name, 'main.js');
  return {
    name,
    library,
    toolchains: [],
    prepare: [],
    run: { program: process.execPath, args: [program] },
  };
}

/** Maven compiles it and copies what it needs beside it, so that it runs without Maven around it. */
function javaClient(name: string, library: string): OutsideClient {
  const pom = join(folder(name), 'pom.xml');
  const classPath = [join(work(name), 'classes'), join(work(name), 'lib', '*')].join(delimiter);
  return {
    name,
    library,
    toolchains: ['Java', 'Maven'],
    prepare: [
      { program: 'mvn', args: ['-q', '-B', '-f', pom, 'compile', 'dependency:copy-dependencies'] },
    ],
    run: { program: 'java', args: ['-cp', classPath, 'Main'] },
  };
}

function goClient(name: string, library: string): OutsideClient {
  const program = resolve(work(name), 'program');
  return {
    name,
    library,
    toolchains: ['Go'],
    prepare: [{ program: 'go', args: ['build', '-o', program, '.'], cwd: folder(name) }],
    run: { program, args: [] },
  };
}

/** It has a virtual environment of its own, with the pinned versions and nothing else. */
function pythonClient(name: string, library: string): OutsideClient {
  const environment = join(work(name), 'venv');
  const bin = process.platform === 'win32' ? 'Scripts' : 'bin';
  const python = join(environment, bin, 'python');
  const requirements = join(folder(name), 'requirements.txt');
  return {
    name,
    library,
    toolchains: ['Python'],
    prepare: [
      { program: 'python3', args: ['-m', 'venv', environment] },
      {
        program: python,
        args: ['-m', 'pip', 'install', '--quiet', '--require-hashes', '-r', requirements],
        variables: { PIP_DISABLE_PIP_VERSION_CHECK: '1' },
      },
    ],
    run: {
      program: python,
      args: [join(folder(name), 'main.py')],
      variables: { PYTHONPATH: folder('support/python'), PYTHONDONTWRITEBYTECODE: '1' },
    },
  };
}
