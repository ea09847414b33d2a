import { isJsonObject, ownValue, type Json } from '../json.js';
import { findAttributePath } from '../path/attribute-path.js';
import type { PatchPath } from '../path/parse-path.js';
import {
  blockBytes,
  foreignBytesMax,
  isForeignUrn,
  memberBytes,
  readForeign,
  readForeignBlock,
  tooManyForeignBytes,
} from '../resource/foreign-block.js';
import { isUnassigned } from '../resource/vendor-values.js';
import type { ResourceType } from '../schema/attribute.js';
import { ScimError } from '../scim-error.js';
import { changeForeignValue, findSpelling } from './foreign-value.js';
import { patchOperationsMax, type PatchOp } from './patch-operation.js';
import { refuseOtherObject } from './removed-values.js';
import { unwrapOne } from './vendor-bodies.js';

type Draft = Record<string, Json>;

/** What a path means under an unknown schema: its whole object, or an attribute in it. */
interface Place {
  readonly urn: string;
  readonly attribute?: { readonly name: string; readonly sub: string | undefined };
}

/**
 * The objects of unknown schemas in the resource that a PATCH works on. They have no schema to go
 * by, so what is stored says what a path means: the longest stored URN that it begins with names
 * the object, the rest is the attribute. An object is copied when it is first written to and not
 * for each operation, because a request may write to it thousands of times.
 */
export class ForeignBlocks {
  private readonly written = new Map<string, Draft>();
  private bytes: number | undefined;
  private changes = 0;

  constructor(
    private readonly draft: Draft,
    private readonly resourceType: ResourceType,
  ) {}

  /**
   * Applies an operation, or a member of one that has no path.
   * @throws ScimError invalidPath or invalidValue; 413, when it takes the resource beyond
   * `foreignBytesMax`, or for more changes than a request may have operations
   */
  change(path: PatchPath, op: PatchOp, value: Json | undefined): void {
    this.changes += 1;
    if (this.changes > patchOperationsMax) throw tooManyChanges();
    const place = this.locate(path, op, value);
    if (place.attribute) this.changeAttribute(place.urn, place.attribute, op, value);
    else this.changeBlock(place.urn, op, unwrapOne(value));
  }

  /** Whether the value can be written to what the path means: a scalar is no object. */
  fits(path: PatchPath, op: PatchOp, value: Json | undefined): boolean {
    if (op === 'remove' || this.locate(path, op, value).attribute) return true;
    const given = unwrapOne(value);
    return isJsonObject(given) || isUnassigned(given);
  }

  private locate(path: PatchPath, op: PatchOp, value: Json | undefined): Place {
    const stored = this.findStored(path.text);
    if (stored) return stored;
    const { attribute } = path;
    // "emails:work" is a slip of the pen and no path into an object of the schema "emails".
    if (attribute?.urn === undefined || !attribute.urn.includes(':')) return { urn: path.text };
    const isWhole =
      op !== 'remove' && isJsonObject(unwrapOne(value)) && !isVersioned(attribute.urn);
    return isWhole ? { urn: path.text } : { urn: attribute.urn, attribute };
  }

  private findStored(text: string): Place | undefined {
    const folded = text.toLowerCase();
    let longest: Place | undefined;
    for (const urn of Object.keys(this.draft)) {
      if (urn.length <= (longest?.urn.length ?? 0)) continue;
      const place = findPlace(urn, text, folded);
      if (place && isForeignUrn(urn, this.resourceType)) longest = place;
    }
    return longest;
  }

  /** Attributes that the value does not name stay, as in an object of a known schema (RFC 7644 §3.5.2.3). */
  private changeBlock(urn: string, op: PatchOp, value: Json | undefined): void {
    if (op === 'remove') {
      refuseOtherObject(ownValue(this.draft, urn), value, urn);
      return this.drop(urn);
    }
    if (isUnassigned(value)) return this.drop(urn);
    if (!isJsonObject(value)) return;
    const given = readForeignBlock(value, urn);
    const members = this.write(urn);
    // One look for all of them: an object may have thousands of names.
    const spellings = new Map(Object.keys(members).map((name) => [name.toLowerCase(), name]));
    for (const [name, member] of Object.entries(given)) {
      const folded = name.toLowerCase();
      const own = Object.hasOwn(members, name) ? name : (spellings.get(folded) ?? name);
      this.changeMember(urn, own, undefined, op, member);
      if (Object.hasOwn(members, own)) spellings.set(folded, own);
      else spellings.delete(folded);
    }
    if (Object.keys(members).length === 0) this.drop(urn);
  }

  private changeAttribute(
    urn: string,
    { name: given, sub }: NonNullable<Place['attribute']>,
    op: PatchOp,
    value: Json | undefined,
  ): void {
    const members = this.write(urn);
    const name = findSpelling(members, given);
    const clean = value === undefined ? undefined : readForeign(value, `${urn}:${name}`);
    this.changeMember(urn, name, sub, op, clean);
    if (Object.keys(members).length === 0) this.drop(urn);
  }

  /** Leaves an object that has lost its last attribute behind. */
  private changeMember(
    urn: string,
    name: string,
    sub: string | undefined,
    op: PatchOp,
    value: Json | undefined,
  ): void {
    const members = this.write(urn);
    const before = ownValue(members, name);
    const after = changeForeignValue({ before, sub, op, value, where: `${urn}:${name}` });
    this.account(
      (after === undefined ? 0 : memberBytes(name, after)) -
        (before === undefined ? 0 : memberBytes(name, before)),
    );
    if (after === undefined) delete members[name];
    else members[name] = after;
  }

  private write(urn: string): Draft {
    const known = this.written.get(urn);
    if (known) return known;
    const stored = ownValue(this.draft, urn);
    const members: Draft = isJsonObject(stored) ? { ...stored } : {};
    if (!isJsonObject(stored)) this.account(blockBytes(urn, {}));
    this.written.set(urn, members);
    this.draft[urn] = members;
    return members;
  }

  private drop(urn: string): void {
    this.account(-sizeOf(urn, ownValue(this.draft, urn)));
    this.written.delete(urn);
    delete this.draft[urn];
  }

  /** What grows beyond the limit is refused; what was beyond it before may shrink. */
  private account(difference: number): void {
    this.bytes ??= Object.entries(this.draft)
      .filter(([name]) => isForeignUrn(name, this.resourceType))
      .reduce((sum, [urn, block]) => sum + blockBytes(urn, block), 0);
    this.bytes += difference;
    if (difference > 0 && this.bytes > foreignBytesMax) throw tooManyForeignBytes();
  }
}

/** What the path means if it begins with this URN; undefined when the rest is no attribute. */
function findPlace(urn: string, text: string, folded: string): Place | undefined {
  if (!folded.startsWith(urn.toLowerCase())) return undefined;
  if (folded.length === urn.length) return { urn };
  if (folded[urn.length] !== ':') return undefined;
  const attribute = findAttributePath(text.slice(urn.length + 1));
  return attribute && attribute.urn === undefined ? { urn, attribute } : undefined;
}

/**
 * Whether a URN ends as those of SCIM schemas do, in a version and a name (`…:2.0:User`): an object
 * behind one is an attribute. Behind any other URN it is more likely the schema's own object.
 */
function isVersioned(urn: string): boolean {
  return /:\d+(\.\d+)*:[A-Za-z][A-Za-z0-9_-]*$/.test(urn);
}

function tooManyChanges(): ScimError {
  return new ScimError(
    413,
    undefined,
    `A request may change attributes of unknown schemas ${patchOperationsMax} times at most.`,
  );
}

function sizeOf(urn: string, block: Json | undefined): number {
  return block === undefined ? 0 : blockBytes(urn, block);
}
