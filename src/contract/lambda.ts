import type { JsonObject } from '../kernel/json.js';

/** A lambda that is there from the start: its id is the same in every installation. */
interface BuiltInLambda {
  readonly id: string;
  readonly name: string;
  readonly type: string;
}

const body =
  '// Built in: the mapping of Rollcall itself, which loses nothing. It can not be edited.';

/** The four mappings that are always in force (contract/operations.md §3). */
const builtIns: readonly BuiltInLambda[] = [
  {
    id: '5c1a0001-0000-4000-8000-000000000001',
    name: '[Rollcall Default] SCIM User Request Converter',
    type: 'SCIMServerUserRequestConverter',
  },
  {
    id: '5c1a0001-0000-4000-8000-000000000002',
    name: '[Rollcall Default] SCIM User Response Converter',
    type: 'SCIMServerUserResponseConverter',
  },
  {
    id: '5c1a0001-0000-4000-8000-000000000003',
    name: '[Rollcall Default] SCIM Group Request Converter',
    type: 'SCIMServerGroupRequestConverter',
  },
  {
    id: '5c1a0001-0000-4000-8000-000000000004',
    name: '[Rollcall Default] SCIM Group Response Converter',
    type: 'SCIMServerGroupResponseConverter',
  },
];

/** FusionAuth's Lambda objects of the built-in mappings, of one type or of all. */
export function listLambdaJson(type: string | undefined): JsonObject[] {
  return builtIns.filter((lambda) => type === undefined || lambda.type === type).map(toLambdaJson);
}

/** The type of the lambda with this id; undefined when there is none. */
export function findLambdaType(id: string): string | undefined {
  return builtIns.find((candidate) => candidate.id === id)?.type;
}

export function findLambdaJson(id: string): JsonObject | undefined {
  const lambda = builtIns.find((candidate) => candidate.id === id);
  return lambda && toLambdaJson(lambda);
}

function toLambdaJson({ id, name, type }: BuiltInLambda): JsonObject {
  return { body, debug: false, engineType: 'GraalJS', id, name, type };
}
