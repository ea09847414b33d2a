import { isJsonList, isJsonObject, type Json } from '../json.js';
import { findSubAttribute, type AttributeSchema } from '../schema/attribute.js';
import type { AttributeRef } from '../schema/attribute-ref.js';
import { badRequest } from '../scim-error.js';
import type { PatchOp } from './patch-operation.js';

/**
 * Refuses a value that would make an operation do nothing, or empty a list by mistake: an object
 * none of whose names the attribute has, such as `{"roles": [{"value": "x"}]}` for `roles`, or a text
 * where entries are to be added. A wrong answer is better than a 200 that has done nothing.
 * @throws ScimError invalidValue
 */
export function refuseNothing(ref: AttributeRef, op: PatchOp, value: Json | undefined): void {
  if (op === 'remove' || ref.subAttribute || ref.attribute.type !== 'complex') return;
  if (ref.attribute.multiValued && op === 'add' && value === '') {
    throw badRequest('invalidValue', `${ref.path} needs entries to add, not an empty text.`);
  }
  const items = isJsonList(value) ? value : [value];
  const stranger = items.find((item) => isStrange(item, ref.attribute));
  if (stranger === undefined) return;
  const names = (ref.attribute.subAttributes ?? []).map(({ name }) => name).join(', ');
  throw badRequest('invalidValue', `${ref.path} needs an object with some of ${names}.`);
}

/** Whether a member of a value without a path comes to nothing: it is passed over. */
export function saysNothing(ref: AttributeRef, op: PatchOp, value: Json): boolean {
  const { attribute, subAttribute } = ref;
  if (attribute.type !== 'complex' || subAttribute) return false;
  return attribute.multiValued ? op === 'add' && value === '' : isStrange(value, attribute);
}

/** Whether it is an object without a name that the attribute has. */
function isStrange(value: Json | undefined, attribute: AttributeSchema): boolean {
  if (!isJsonObject(value)) return false;
  return !Object.keys(value).some((name) => findSubAttribute(attribute, name));
}
