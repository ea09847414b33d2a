import type { Problem } from '../kernel/domain-error.js';
import { canonicalId, isUuid } from '../kernel/ids.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { findLambdaType } from './lambda.js';

/** The type of lambda that each member of a tenant's blocks takes (contract/tenants.md §2.4). */
const expectedTypes: Readonly<Record<string, string>> = {
  'lambdaConfiguration.loginValidationId': 'LoginValidation',
  'lambdaConfiguration.multiFactorRequirementId': 'MFARequirement',
  'lambdaConfiguration.scimEnterpriseUserRequestConverterId': 'SCIMServerUserRequestConverter',
  'lambdaConfiguration.scimEnterpriseUserResponseConverterId': 'SCIMServerUserResponseConverter',
  'lambdaConfiguration.scimGroupRequestConverterId': 'SCIMServerGroupRequestConverter',
  'lambdaConfiguration.scimGroupResponseConverterId': 'SCIMServerGroupResponseConverter',
  'lambdaConfiguration.scimUserRequestConverterId': 'SCIMServerUserRequestConverter',
  'lambdaConfiguration.scimUserResponseConverterId': 'SCIMServerUserResponseConverter',
  'oauthConfiguration.clientCredentialsAccessTokenPopulateLambdaId': 'ClientCredentialsJWTPopulate',
};

/**
 * What is wrong with the lambdas that a tenant names. One that is stored and not run would be a promise that nobody
 * keeps, so each must exist and be of the type that its member takes.
 */
export function lambdaProblems(blocks: JsonObject): Problem[] {
  return Object.entries(blocks).flatMap(([block, members]) =>
    isJsonObject(members) ? problemsIn(block, members) : [],
  );
}

function problemsIn(path: string, members: JsonObject): Problem[] {
  return Object.entries(members).flatMap(([member, value]) => {
    const field = `${path}.${member}`;
    if (isLambdaId(path, member)) return referenceProblems(field, value);
    return isJsonObject(value) ? problemsIn(field, value) : [];
  });
}

/** Later versions of the API have more members of the kind; their names end alike. */
function isLambdaId(block: string, member: string): boolean {
  return block === 'lambdaConfiguration' ? member.endsWith('Id') : member.endsWith('LambdaId');
}

function referenceProblems(field: string, id: Json): Problem[] {
  if (id === null) return [];
  if (typeof id !== 'string')
    return [{ field, rule: 'invalid', message: `[${field}] must be text.` }];
  if (!isUuid(id))
    return [{ field, rule: 'couldNotConvert', message: `[${field}] must be a UUID.` }];
  const type = findLambdaType(canonicalId(id));
  const expected = Object.hasOwn(expectedTypes, field) ? expectedTypes[field] : undefined;
  if (type !== undefined && type === expected) return [];
  const wanted = expected === undefined ? 'lambda for this member' : `lambda of type ${expected}`;
  return [{ field, rule: 'invalid', message: `There is no ${wanted} with id [${id}].` }];
}
