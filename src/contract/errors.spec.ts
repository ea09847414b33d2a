import { describe, expect, it } from '@jest/globals';
import { toErrors } from './errors.js';

describe('toErrors', () => {
  it('gathers the problems of a field under its path, and those of none apart', () => {
    const errors = toErrors([
      { field: 'entity.name', rule: 'duplicate', message: 'Taken.' },
      { field: 'entity.name', rule: 'tooLong', message: 'Long.' },
      { field: '', rule: 'invalid', message: 'All of it.' },
      { field: 'permission.name', rule: 'immutable', message: 'Fixed.' },
    ]);

    expect(errors).toEqual({
      fieldErrors: {
        'entity.name': [
          { code: '[duplicate]entity.name', message: 'Taken.' },
          { code: '[tooLong]entity.name', message: 'Long.' },
        ],
        'permission.name': [{ code: '[invalid]permission.name', message: 'Fixed.' }],
      },
      generalErrors: [{ code: '[invalid]', message: 'All of it.' }],
    });
  });
});
