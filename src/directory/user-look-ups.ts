import { type Condition, isByKey, type Keys, mapQuestions } from '../kernel/condition.js';
import { conjunctsOf } from './conjuncts.js';
import { indexedExternalId } from './external-id-fields.js';
import { enterpriseUrn } from './profile.js';
import { lookupKey, type LookupField, typeKey } from './user-values.js';

type Comparison = Extract<Condition, { kind: 'compare' }>;
type Some = Extract<Condition, { kind: 'some' }>;

/** What is looked up by equality in a table of its own; a field there has the name of the table's, behind `=`. */
const lookups: ReadonlyMap<string, LookupField> = new Map([
  ['emails.value', 'emails'],
  ['phoneNumbers.value', 'phoneNumbers'],
  ['displayName', 'displayName'],
  [`${enterpriseUrn}:employeeNumber`, 'employeeNumber'],
]);

/**
 * The same condition, its comparisons sent to the index where there is one. Of `emails[type eq "work" and value eq "x"
 * and primary eq true]` the index finds who has that address for work, and the document says whether it is primary.
 */
export function indexed(condition: Condition): Condition {
  return mapQuestions(condition, (question) => {
    switch (question.kind) {
      case 'compare':
        return question.field === 'externalId'
          ? indexedExternalId(question)
          : (findLookup(question.field, question) ?? question);
      case 'some':
        return indexedSome(question);
      case 'present':
        return question;
    }
  });
}

/**
 * Whether a condition is met by the few users that a look-up in another table finds. SQLite must be told so: for want
 * of figures it takes a whole tenant for ten rows, and reads it in the order of creation.
 */
export function isSelective(condition: Condition): boolean {
  return conjunctsOf(condition).some((part) => {
    const isEquality = part.kind === 'compare' && part.operator === 'eq';
    return (isEquality || part.kind === 'some') && isSelectiveField(part.field);
  });
}

function isSelectiveField(field: string): boolean {
  return field.startsWith('=') || selectiveFields.has(field);
}

const selectiveFields: ReadonlySet<string> = new Set(['groups', 'groups.value', 'groups.display']);

/**
 * Whether a condition is met by few users and an index finds them, be it that of a unique column. The users of a group
 * may be all of them.
 */
export function findsFew(condition: Condition): boolean {
  return isByKey(condition, keys);
}

const keys: Keys = {
  own: new Set(['id', 'userName']),
  lookedUp: new Set([
    '=externalId',
    ...[...lookups.values()].flatMap((field) => [`=${field}`, `=${field}.value`]),
  ]),
};

function indexedSome(condition: Some): Condition {
  const list = lookups.get(`${condition.field}.value`);
  const parts = conjunctsOf(condition.condition);
  const found = parts.filter(isIndexed);
  if (list === undefined || !found.some(({ field }) => field === 'value')) return condition;
  const some: Condition = {
    kind: 'some',
    field: `=${list}`,
    condition: { kind: 'and', conditions: found },
  };
  return found.length === parts.length ? some : { kind: 'and', conditions: [some, condition] };
}

/** Whether the index alone can decide this part of a condition on an element. */
function isIndexed(part: Condition): part is Comparison {
  if (part.kind !== 'compare' || part.operator !== 'eq' || typeof part.value !== 'string')
    return false;
  return elementKeys.get(part.field)?.(part.value) !== undefined;
}

const elementKeys: ReadonlyMap<string, (text: string) => string | undefined> = new Map([
  ['value', lookupKey],
  ['type', typeKey],
]);

function findLookup(field: string, comparison: Comparison): Comparison | undefined {
  const table = lookups.get(field);
  const { operator, value } = comparison;
  if (table === undefined || operator !== 'eq' || typeof value !== 'string') return undefined;
  return lookupKey(value) === undefined ? undefined : { ...comparison, field: `=${table}` };
}
