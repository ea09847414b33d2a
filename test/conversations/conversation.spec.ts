import { describe, expect, it } from '@jest/globals';
import { parseConversation } from './conversation.js';

const request = { method: 'GET', path: '/Users' };
const step = { request, response: { status: 200 } };
const file = { about: 'One sentence.', source: 'Okta', steps: [step] };

describe('parseConversation', () => {
  it('fills in what a file may leave out', () => {
    const { given, steps } = parseConversation({ ...file, given: [{ request }] });

    expect(given).toMatchObject([
      { times: 1, answer: undefined, request: { token: 'bearer', body: undefined } },
    ]);
    expect(steps).toMatchObject([{ answer: { statuses: [200], body: undefined } }]);
  });

  it.each([
    [
      'a misspelt member',
      { ...file, steps: [{ request, respone: { status: 200 } }] },
      '$.steps[0].respone is unknown',
    ],
    [
      'a step that checks nothing',
      { ...file, steps: [step, { request }] },
      '$.steps[1] has no response',
    ],
    ['no steps', { ...file, steps: [] }, '$.steps is empty'],
    ['no sentence about it', { ...file, about: undefined }, '$.about is not a text'],
    [
      'a status as text',
      { ...file, steps: [{ request, response: { status: '200' } }] },
      'status is not a number',
    ],
    [
      'an unknown token',
      { ...file, steps: [{ ...step, request: { ...request, token: 'x' } }] },
      'token is unknown',
    ],
  ])('refuses a file with %s', (_what, json, fault) => {
    expect(() => parseConversation(json)).toThrow(fault);
  });
});
