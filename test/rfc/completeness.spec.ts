import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { chapters } from './chapters.js';
import { isSentenceId, toConformanceDocument } from './conformance.js';
import { limitations } from './limitations.js';
import { sentences } from './sentences.js';

const tests = join(import.meta.dirname, '..');
const specs = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.spec.ts'));
const named = specs.flatMap((name) =>
  [
    ...readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(/\bsentence\(\s*'([^']*)'/g),
  ].map(([, id = '']) => id),
);

describe('the sentences of the standard', () => {
  it('are all there, chapter by chapter', () => {
    expect(Object.keys(sentences)).toEqual(expect.arrayContaining(pinned()));
    expect(Object.keys(sentences)).toHaveLength(pinned().length);
  });

  it('have a test each', () => {
    expect(Object.keys(sentences).filter((id) => !named.includes(id))).toEqual([]);
  });

  it('are known to every test', () => {
    expect(named.filter((id) => !isSentenceId(id))).toEqual([]);
  });

  it('are told in words, once each', () => {
    const told = Object.values(sentences).map(({ does }) => does);
    expect(new Set(told).size).toBe(told.length);
    for (const does of told) expect(does).toMatch(/^[^|]{10,160}[^.|]$/);
  });
});

describe('the limitations of FusionAuth’s SCIM server', () => {
  it('are those of the protocol', () => {
    const others = new Set([24, 25, 27, 28, 30]);
    const numbers = Array.from({ length: 30 }, (_, n) => n + 1).filter((n) => !others.has(n));
    expect(limitations.map(({ number }) => number)).toEqual(numbers);
  });

  it('are shown by tests that exist', () => {
    for (const { shownBy } of limitations) {
      expect(shownBy.length).toBeGreaterThan(0);
      for (const test of shownBy) {
        if (typeof test === 'string') expect(named).toContain(test);
        else expect(readFileSync(join(tests, test.file), 'utf8')).toContain(test.title);
      }
    }
  });
});

describe('the document', () => {
  it('says what the tests have shown', () => {
    const document = toConformanceDocument([
      { title: 'D1 one', status: 'passed' },
      { title: 'D1 two', status: 'passed' },
      { title: 'D2 one', status: 'failed' },
      { title: 'D2 two', status: 'passed' },
      { title: 'J1 one', status: 'passed' },
    ]);

    for (const row of [
      /^\| D1 \| must \| .* \| holds \| /m,
      /^\| D2 \| must \| .* \| does not hold \| /m,
      /^\| D10 \| must \| .* \| no test yet \| /m,
      /^\| J1 \| may \| .* \| not offered \| /m,
    ]) {
      expect(document).toMatch(row);
    }
  });
});

function pinned(): string[] {
  return chapters.flatMap(({ letter, sentences: many }) =>
    Array.from({ length: many }, (_, n) => `${letter}${n + 1}`),
  );
}
