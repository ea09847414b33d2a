import { validateSync, type ValidationError } from 'class-validator';
import type { Problem, Rule } from '../../kernel/domain-error.js';
import { isJsonObject } from '../../kernel/json.js';
import { instantiate, type RequestClass } from './instantiate.js';
import { RequestError, requestError } from './request-error.js';

/** A request class that has rules between its fields says them here; their fields are paths from its root. */
export interface HasCrossFieldRules {
  crossFieldProblems(): readonly Problem[];
}

/**
 * Reads a body into its request class. Members that the class does not know are ignored.
 * @param body no body at all is an empty object: what is missing is then named
 * @param prefix what stands before the field names in errors, with its dot
 * @throws RequestError with every problem that was found
 */
export function parseRequest<Request extends object>(
  type: RequestClass<Request>,
  body: unknown,
  prefix = '',
): Request {
  const value = body ?? {};
  if (!isJsonObject(value)) throw requestError('', 'invalid', 'The body must be a JSON object.');
  const request = instantiate(type, value);
  const problems = validateSync(request).flatMap((error) => problemsOf(error, ''));
  if (problems.length === 0 && hasCrossFieldRules(request))
    problems.push(...request.crossFieldProblems());
  if (problems.length > 0)
    throw new RequestError(problems.map((one) => ({ ...one, field: prefix + one.field })));
  return request;
}

/** A body may have a member of that name; JSON has no functions. */
function hasCrossFieldRules(request: object): request is HasCrossFieldRules {
  return 'crossFieldProblems' in request && typeof request.crossFieldProblems === 'function';
}

function problemsOf(error: ValidationError, parent: string): Problem[] {
  const field = pathOf(parent, error.property);
  const broken = Object.entries(error.constraints ?? {}).map(([name, message]) => ({
    field,
    rule: ruleOf(error, name),
    message,
  }));
  const weightiest = weightOrder(error.value)
    .flatMap((rule) => broken.filter((problem) => problem.rule === rule))
    .slice(0, 1);
  return weightiest.length > 0
    ? weightiest
    : (error.children ?? []).flatMap((child) => problemsOf(child, field));
}

function pathOf(parent: string, property: string): string {
  if (parent === '') return property;
  return /^\d+$/.test(property) ? `${parent}[${property}]` : `${parent}.${property}`;
}

function ruleOf(error: ValidationError, constraint: string): Rule {
  const context: { rule?: Rule } | undefined = error.contexts?.[constraint];
  return context?.rule ?? 'invalid';
}

/**
 * An absent name is blank, and also neither text nor short enough: of what is wrong with one field only the
 * first in this order is told, the rest follows from it.
 */
function weightOrder(value: unknown): readonly Rule[] {
  const ofAbsence: readonly Rule[] = ['missing', 'blank'];
  const ofKind: readonly Rule[] = ['couldNotConvert', 'invalid'];
  const ofSize: readonly Rule[] = ['tooLong', 'notInRange'];
  const isAbsent = value === undefined || value === null;
  return isAbsent ? [...ofAbsence, ...ofKind, ...ofSize] : [...ofKind, ...ofAbsence, ...ofSize];
}
