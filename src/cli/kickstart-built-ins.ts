import { listLambdaJson } from '../contract/lambda.js';
import { isJsonObject } from '../kernel/json.js';
import type { FindValue } from './kickstart-substitution.js';

/** What the built-in variables of an installation stand for. */
export interface BuiltInIds {
  readonly tenantId: string;
  readonly signingKeyId: string;
}

/** FusionAuth's own application, whose id is the same everywhere (contract/operations.md §9). */
const applicationId = '3c219e58-ed0e-4b18-ad48-f4f92793ae32';

/** The variables that a Kickstart file may use without defining them; a lambda's is named by its type. */
export function builtInsOf(ids: BuiltInIds): FindValue {
  const values: ReadonlyMap<string, string> = new Map([
    ['FUSIONAUTH_TENANT_ID', ids.tenantId],
    ['FUSIONAUTH_APPLICATION_ID', applicationId],
    ['FUSIONAUTH_DEFAULT_SIGNING_KEY_ID', ids.signingKeyId],
  ]);
  return (name) => values.get(name) ?? findLambdaId(name);
}

/** Stand-ins with which a file can be judged before there is an installation. */
export const anyBuiltIns = builtInsOf({
  tenantId: '00000000-0000-4000-8000-000000000000',
  signingKeyId: '00000000-0000-4000-8000-000000000000',
});

function findLambdaId(name: string): string | undefined {
  const type = /^FUSIONAUTH_LAMBDA\[([A-Za-z0-9]+)\]_ID$/.exec(name)?.[1];
  const [lambda] = type === undefined ? [] : listLambdaJson(type);
  return isJsonObject(lambda) && typeof lambda.id === 'string' ? lambda.id : undefined;
}
