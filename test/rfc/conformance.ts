import { chapters } from './chapters.js';
import { limitations } from './limitations.js';
import { type SentenceId, sentences } from './sentences.js';
import type { Level, Sentence } from './sentences/level.js';

/** What became of one test. */
export interface TestOutcome {
  readonly title: string;
  readonly status: string;
}

const levels: Readonly<Record<Level, string>> = {
  M: 'must',
  S: 'should',
  O: 'may',
  I: 'needed by clients',
};

/** `docs/scim-conformance.md` from the outcomes of the tests in this folder: the same text for the same outcomes. */
export function toConformanceDocument(outcomes: readonly TestOutcome[]): string {
  return [
    '# SCIM conformance',
    '',
    'Written by the test run from the tests in `test/rfc/`, which run over HTTP on SQLite and on PostgreSQL; a test’s',
    'name begins with the id of its sentence. Sources: RFC 7643, RFC 7644, RFC 9865 (cursors), RFC 9967 (events).',
    '',
    ...chapters.flatMap(({ letter, title }) => [
      `## ${title}`,
      '',
      '| id | | what the server does | state | choice | source |',
      '| --- | --- | --- | --- | --- | --- |',
      ...sentencesOf(letter).map(([id, sentence]) => toRow(id, sentence, outcomes)),
      '',
    ]),
    '## Known limitations of FusionAuth’s SCIM server',
    '',
    'Those of its thirty that are the protocol’s, and the tests that show them gone.',
    '',
    '| # | there | here | shown by |',
    '| --- | --- | --- | --- |',
    ...limitations.map(({ number, there, here, shownBy }) => {
      const tests = shownBy.map((test) =>
        typeof test === 'string' ? test : `\`test/${test.file}\`: ${test.title}`,
      );
      return `| ${number} | ${there} | ${here} | ${tests.join('; ')} |`;
    }),
    '',
  ].join('\n');
}

function sentencesOf(letter: string): [string, Sentence][] {
  return Object.entries<Sentence>(sentences).filter(([id]) => id.startsWith(letter));
}

function toRow(id: string, sentence: Sentence, outcomes: readonly TestOutcome[]): string {
  const { level, does, choice = '', source } = sentence;
  return `| ${id} | ${levels[level]} | ${does} | ${stateOf(id, sentence, outcomes)} | ${choice} | ${source} |`;
}

function stateOf(id: string, { isOffered }: Sentence, outcomes: readonly TestOutcome[]): string {
  const own = outcomes.filter(({ title }) => title.startsWith(`${id} `));
  if (own.length === 0) return 'no test yet';
  if (own.some(({ status }) => status !== 'passed')) return 'does not hold';
  return isOffered ? 'holds' : 'not offered';
}

/** Whether a sentence of that id is known. */
export function isSentenceId(text: string): text is SentenceId {
  return Object.hasOwn(sentences, text);
}
