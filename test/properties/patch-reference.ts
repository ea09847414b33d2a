/**
 * PATCH by the letter of RFC 7644 §3.5.2, as plainly as it can be written, to hold the product against. It shares no
 * line with it, not even the schemas: what attributes there are stands in `patch-tables.ts`. Where the product does for
 * a client what the RFC does not say, the exception is a function of its own, named `lenient…` after the client.
 */
import { Change, isStrange } from './patch-change.js';
import { checkFilter, type ReferenceFilter } from './patch-filter.js';
import { Foreign, removed } from './patch-foreign.js';
import {
  findIn,
  type ReferenceKind,
  type Resource,
  schemasOf,
  tables,
  type Thing,
} from './patch-tables.js';
import {
  Refusal,
  isObject,
  isPreferred,
  isReserved,
  lenientKeycloakText,
  lenientSdkOne,
} from './patch-values.js';

/** One operation whose path, if it has one, is taken apart already. */
export interface ReferenceOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: ReferencePath | 'malformed' | undefined;
  readonly value: Thing;
}

/** `urn:attribute[filter].part`, each but the attribute optional; `urn` alone means the whole schema. */
export interface ReferencePath {
  readonly urn?: string;
  readonly attribute?: string;
  readonly filter?: ReferenceFilter;
  readonly part?: string;
}

/** @throws Refusal, for the first operation that can not be done; the resource itself is never touched */
export function referencePatch(
  resource: Readonly<Resource>,
  operations: readonly ReferenceOperation[],
  kind: ReferenceKind,
): Resource {
  const copy = structuredClone(resource);
  const named = new Set<string>();
  for (const operation of operations) checkForm(operation);
  for (const operation of operations) new Step(copy, kind, operation.op, named).run(operation);
  nameSchemas(copy, kind);
  return copy;
}

/** What can be told before anything is looked at (§3.5.2). */
function checkForm({ op, path, value }: ReferenceOperation): void {
  if (path === 'malformed') throw new Refusal('invalidPath');
  if (op === 'remove' && !path) throw new Refusal('noTarget');
  if (op !== 'remove' && value === undefined) throw new Refusal('invalidValue');
  if (!path && !isObject(lenientKeycloakText(value))) throw new Refusal('invalidValue');
}

/** `schemas` names the extensions that there are values of, and no longer one whose last value went (RFC 7643 §3). */
function nameSchemas(resource: Resource, kind: ReferenceKind): void {
  const isBlock = (urn: string) => resource[urn] !== undefined;
  const declared = (resource.schemas as string[]).filter(
    (urn) => urn === schemasOf[kind][0] || isBlock(urn),
  );
  const more = Object.keys(resource).filter(
    (name) => name.includes(':') && !declared.includes(name),
  );
  resource.schemas = [...declared, ...more];
}

/** One operation on the copy. */
class Step {
  constructor(
    private readonly resource: Resource,
    private readonly kind: ReferenceKind,
    private readonly op: ReferenceOperation['op'],
    /** The lists whose primary entry the request has named. */
    private readonly named: Set<string>,
  ) {}

  run({ path, value }: ReferenceOperation): void {
    if (path === 'malformed') return;
    if (!path) {
      const members = lenientKeycloakText(value) as Resource;
      return this.eachMember(members, schemasOf[this.kind][0], false);
    }
    const urn = path.urn === undefined ? schemasOf[this.kind][0] : this.findUrn(path.urn);
    if (urn === undefined) {
      if (path.filter || !this.isForeign(textOf(path))) throw new Refusal('invalidPath');
      return this.foreign(textOf(path), value, false);
    }
    if (path.attribute === undefined) return this.wholeSchema(urn, value);
    this.oneAttribute(urn, path, value);
  }

  private findUrn(given: string): string | undefined {
    return schemasOf[this.kind].find((urn) => urn.toLowerCase() === given.toLowerCase());
  }

  /** No path: the value holds attributes, each of which is changed as if it were named (§3.5.2.1, §3.5.2.3). */
  private eachMember(members: Resource, urn: string, isInSchema: boolean): void {
    for (const [given, value] of Object.entries(members)) {
      const name = lenientUnboundIdEnd(given);
      if (isInSchema && name.includes(':')) continue;
      if (this.isForeign(name)) {
        this.foreign(name, value, true);
        continue;
      }
      const path = lenientEntraMemberNames(name, urn, (given) => this.findUrn(given));
      if (!path) continue;
      if (path.attribute === undefined) this.wholeSchema(path.urn ?? urn, value);
      else if (!this.lenientOktaOwnReadOnly(path, urn, value))
        this.oneAttribute(path.urn ?? urn, path, value, true);
    }
  }

  /** Okta and authentik send a resource's id, meta and schemas back in a pathless value: they are passed over. */
  private lenientOktaOwnReadOnly(path: ReferencePath, urn: string, value: Thing): boolean {
    const found = this.find(path.urn ?? urn, path);
    if (!found) return true;
    const { many, isFixed, isIdentity } = found.attribute;
    const given = many ? value : lenientSdkOne(value);
    if (!isFixed) {
      if (found.part) return found.part.isFixed ?? false;
      return many ? this.op === 'add' && value === '' : isStrange(found.attribute, given);
    }
    if (isIdentity && this.resource[found.name] !== given) throw new Refusal('mutability');
    return true;
  }

  private wholeSchema(urn: string, value: Thing): void {
    const given = lenientKeycloakText(value);
    if (this.op !== 'remove' && isObject(given)) return this.eachMember(given, urn, true);
    if (this.op !== 'remove' && given !== null && given !== '') throw new Refusal('invalidValue');
    if (urn === schemasOf[this.kind][0]) throw new Refusal('mutability');
    if (this.op === 'remove') removed(this.resource[urn], given);
    delete this.resource[urn];
  }

  private foreign(text: string, value: Thing, isMember: boolean): void {
    const isForeign = (name: string) => this.isForeign(name);
    new Foreign(this.resource, isForeign, this.op).change(text, value, isMember);
  }

  private isForeign(name: string): boolean {
    const isUri = name.includes(':') && /^[a-z][!-~]*$/i.test(name);
    if (!isUri || name.split(/[:./#]/).some(isReserved)) return false;
    const lower = `${name.toLowerCase()}:`;
    return schemasOf[this.kind].every((urn) => !lower.startsWith(`${urn.toLowerCase()}:`));
  }

  private find(urn: string, path: ReferencePath) {
    const found = findIn(tables[urn] ?? {}, path.attribute ?? '');
    if (!found || path.part === undefined)
      return found && { ...found, part: undefined, partName: undefined };
    const part = findIn(found.attribute.parts ?? {}, path.part);
    return part && { ...found, part: part.attribute, partName: part.name };
  }

  private oneAttribute(urn: string, path: ReferencePath, value: Thing, isMember = false): void {
    const found = this.find(urn, path);
    if (!found) {
      if (isMember) return;
      throw new Refusal('invalidPath');
    }
    if (path.filter) checkFilter(path.filter, found.attribute);
    const isList = found.attribute.many && !found.part && !path.filter;
    const given = isList ? value : lenientSdkOne(value);
    const list = `${urn}:${found.name}`;
    const isCore = urn === schemasOf[this.kind][0];
    const block = isCore ? this.resource : structuredClone((this.resource[urn] ?? {}) as Resource);
    const isNamed = this.named.has(list);
    const change = new Change(this.op, found, path.filter, given, isNamed);
    const after = change.of(block[found.name]);
    if (change.namesPrimary()) this.named.add(list);
    else if (!Array.isArray(after) || !after.some(isPreferred)) this.named.delete(list);
    if (after === undefined) delete block[found.name];
    else block[found.name] = after;
    if (isCore) return;
    if (Object.keys(block).length > 0) this.resource[urn] = block;
    else delete this.resource[urn];
  }
}

/** UnboundID ends the path of a whole extension with a colon. */
function lenientUnboundIdEnd(name: string): string {
  return /:[^:]+:$/.test(name) ? name.slice(0, -1) : name;
}

/** Names in a pathless value may be paths: `name.givenName`, `urn:…:User:department`. */
function lenientEntraMemberNames(
  name: string,
  urn: string,
  findUrn: (given: string) => string | undefined,
): ReferencePath | undefined {
  const whole = findUrn(name);
  if (whole !== undefined) return { urn: whole };
  const colon = name.lastIndexOf(':');
  const own = colon < 0 ? urn : findUrn(name.slice(0, colon));
  if (own === undefined) return undefined;
  const [attribute = '', part, ...rest] = name.slice(colon + 1).split('.');
  if (rest.length > 0 || !/^\$?[a-z]/i.test(attribute)) return undefined;
  return part === undefined ? { urn: own, attribute } : { urn: own, attribute, part };
}

function textOf({ urn, attribute, part }: ReferencePath): string {
  const name = part === undefined ? attribute : `${attribute}.${part}`;
  return [urn, name].filter((each) => each !== undefined).join(':');
}
