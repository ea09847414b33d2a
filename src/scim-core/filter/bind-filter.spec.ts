import { describe, expect, it } from '@jest/globals';
import { groupResourceType, userResourceType } from '../schema/resource-types.js';
import { bindFilter } from './bind-filter.js';
import { matches } from './matches.js';
import { parseFilter } from './parse-filter.js';

const group = { schemas: [], id: 'g', displayName: 'Sales' };

/** Whether a group meets a filter that is asked of users and groups together. */
function meets(filter: string): boolean {
  return matches(bindFilter(parseFilter(filter), groupResourceType, [userResourceType]), group);
}

describe('a filter over several types', () => {
  it.each([
    ['userName pr', false],
    ['userName eq "x"', false],
    ['userName co "x"', false],
    ['userName gt "a"', false],
    ['userName ne "x"', true],
    ['userName eq null', true],
    ['userName ne null', false],
    ['not (userName pr)', true],
    ['emails[type eq "work"]', false],
    ['emails.value ne "x"', true],
    ['userName pr or displayName eq "sales"', true],
    ['userName pr and displayName eq "sales"', false],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName ne "x"', true],
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department pr', false],
  ])('%s, which groups lack, is %j of one', (filter, isMet) => {
    expect(meets(filter)).toBe(isMet);
  });

  it.each(['nothing pr', 'urn:example:User:userName pr', 'name.nothing eq "x"'])(
    'refuses %s, which none of them knows',
    (filter) => {
      expect(() => meets(filter)).toThrow(expect.objectContaining({ scimType: 'invalidFilter' }));
    },
  );

  it('refuses for one type what only another has', () => {
    expect(() => bindFilter(parseFilter('userName pr'), groupResourceType)).toThrow(
      expect.objectContaining({ scimType: 'invalidFilter' }),
    );
  });
});
