import { describe, expect, it } from '@jest/globals';
import type { Group } from '../directory/group.js';
import { readResource } from '../scim-core/resource/read-resource.js';
import { groupResourceType } from '../scim-core/schema/resource-types.js';
import { toGroupDraft, toGroupResource, toWritableGroup } from './group.mapping.js';

const adScim = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';
const sent = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group', adScim],
  externalId: 'g-1',
  displayName: 'Sales & Söhne',
  [adScim]: { kept: ['as', { sent: true }] },
};

function aGroup(resource: object): Group {
  const { name, externalId, profile } = toGroupDraft(readResource(resource, groupResourceType));
  return {
    pk: 1,
    id: 'b0e7b1e2-7d5a-4b0f-8f1a-0a7f1d3c2b1a',
    tenantId: 't',
    name,
    memberCount: 0,
    version: 1,
    created: 0,
    changed: 0,
    createdByClient: undefined,
    changedByClient: undefined,
    externalIds: {},
    externalId,
    profile,
    data: {},
  };
}

describe('the mapping of groups', () => {
  it('goes there and back without losing anything', () => {
    const group = aGroup(sent);

    expect(toWritableGroup(group)).toEqual({ ...sent, id: group.id });
  });

  it('shows members with their kind, and an empty list for a group of nobody', () => {
    const members = [
      { id: 'u', kind: 'user', display: 'Ann' },
      { id: 'g', kind: 'group', display: 'All' },
    ] as const;

    expect(toGroupResource(aGroup(sent), members, 'https://x').members).toEqual([
      { value: 'u', $ref: 'https://x/Users/u', display: 'Ann', type: 'User' },
      { value: 'g', $ref: 'https://x/Groups/g', display: 'All', type: 'Group' },
    ]);
    expect(toGroupResource(aGroup(sent), [], 'https://x').members).toEqual([]);
    expect(toGroupResource(aGroup(sent), undefined, 'https://x')).not.toHaveProperty('members');
  });
});
