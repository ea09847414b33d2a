/**
 * Finds the mutants of a source file: small changes, each of which some test should notice. All of them go into one
 * instrumented text, behind a switch, so that a module is loaded once for any number of mutants.
 */
import ts from 'typescript';
import { mutateRegularExpression } from './regular-expression.js';

const K = ts.SyntaxKind;

/** The function that instrumented code asks whether a mutant is on. */
export const switchName = '__isMutant';

/** Longer texts are cut where they are shown or compared. */
const textMax = 160;

/** What takes the place of an operator. The first two rows of each comparison are its boundary and its negation. */
const operators = new Map([
  [K.EqualsEqualsEqualsToken, ['!==']],
  [K.ExclamationEqualsEqualsToken, ['===']],
  [K.EqualsEqualsToken, ['!=']],
  [K.ExclamationEqualsToken, ['==']],
  [K.LessThanToken, ['<=', '>=']],
  [K.LessThanEqualsToken, ['<', '>']],
  [K.GreaterThanToken, ['>=', '<=']],
  [K.GreaterThanEqualsToken, ['>', '<']],
  [K.AmpersandAmpersandToken, ['||']],
  [K.BarBarToken, ['&&']],
  [K.PlusToken, ['-']],
  [K.MinusToken, ['+']],
  [K.AsteriskToken, ['/']],
  [K.SlashToken, ['*']],
  [K.PercentToken, ['*']],
  [K.PlusEqualsToken, ['-=']],
  [K.MinusEqualsToken, ['+=']],
]);

/** Methods with an opposite, by name. */
const opposites = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['startsWith', 'endsWith'],
  ['endsWith', 'startsWith'],
  ['toLowerCase', 'toUpperCase'],
  ['toUpperCase', 'toLowerCase'],
  ['min', 'max'],
  ['max', 'min'],
]);

/** Methods whose call may be left out: what remains is a value of the same kind. */
const omissible = new Set(['filter', 'sort', 'toSorted', 'reverse', 'trim', 'normalize', 'slice']);

const removable = new Set([
  K.ExpressionStatement,
  K.ReturnStatement,
  K.ThrowStatement,
  K.BreakStatement,
  K.ContinueStatement,
]);

/**
 * The mutants of one file, in the order of their places.
 * @param firstId the id of the first; the others count on from it
 */
export function findMutants(file, text, firstId = 0) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TS);
  const found = [];
  /** `at` is the node that the switch stands around, `edits` are the changes inside it. */
  const add = (at, kind, ...edits) => found.push({ at, kind, edits });
  visit(source, add);
  const mutants = found
    .map(({ at, kind, edits }) => ({
      kind,
      start: at.getStart(),
      end: at.getEnd(),
      text: withEdits(text, at.getStart(), at.getEnd(), edits),
    }))
    .sort((left, right) => left.start - right.start || right.end - left.end);
  return withoutTwins(mutants).map((mutant, index) =>
    describeMutant(source, mutant, firstId + index),
  );
}

/** The source with every mutant in it, each behind its switch; all switched off, it does what the source does. */
export function instrument(text, mutants) {
  const sites = new Map();
  for (const mutant of mutants) {
    const key = `${mutant.start}-${mutant.end}-${isStatement(mutant)}`;
    const site = sites.get(key) ?? { start: mutant.start, end: mutant.end, mutants: [], inner: [] };
    site.mutants.push(mutant);
    sites.set(key, site);
  }
  const root = { start: 0, end: text.length, mutants: [], inner: [] };
  const open = [root];
  const outerFirst = [...sites.values()].sort(
    (left, right) =>
      left.start - right.start ||
      right.end - left.end ||
      Number(isStatement(right.mutants[0])) - Number(isStatement(left.mutants[0])),
  );
  for (const site of outerFirst) {
    while (open.at(-1).end < site.end) open.pop();
    open.at(-1).inner.push(site);
    open.push(site);
  }
  return printSite(text, root);
}

/** How a mutant is known from one run to the next: by what it changes, not by its number or line. */
export function isSameMutant(left, right) {
  return (
    left.file === right.file &&
    left.original === right.original &&
    left.mutant === right.mutant &&
    left.in === right.in
  );
}

function printSite(text, site) {
  let printed = '';
  let position = site.start;
  for (const inner of site.inner) {
    printed += text.slice(position, inner.start) + printSite(text, inner);
    position = inner.end;
  }
  printed += text.slice(position, site.end);
  for (const { id, kind, text: mutated } of site.mutants.toReversed()) {
    const isOn = `${switchName}(${id})`;
    if (kind === 'block') printed = `{ if (!${isOn}) ${printed} }`;
    else if (kind === 'statement') printed = `{ if (!${isOn}) ${printed} }`;
    else printed = `(${isOn} ? (${mutated}) : (${printed}))`;
  }
  return printed;
}

function visit(node, add) {
  // Types are gone when the code runs, and what a module imports or exports is no expression.
  if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
    return;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
  mutateStatement(node, add);
  mutateCondition(node, add);
  mutateOperation(node, add);
  mutateLiteral(node, add);
  mutateCall(node, add);
  ts.forEachChild(node, (child) => visit(child, add));
}

function mutateStatement(node, add) {
  if (removable.has(node.kind) && !isSuperCall(node)) add(node, 'statement');
  if (ts.isBlock(node) && isWorthEmptying(node)) add(node, 'block');
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body) && !isText(node.body, 'undefined'))
    add(node.body, 'expression', replacing(node.body, 'undefined'));
}

/** A block of one statement that is removed by itself would give the same mutant twice. */
function isWorthEmptying(block) {
  const [first, second] = block.statements;
  if (first === undefined || block.statements.some(isSuperCall)) return false;
  return second !== undefined || !removable.has(first.kind);
}

function isSuperCall(node) {
  return (
    ts.isExpressionStatement(node) &&
    ts.isCallExpression(node.expression) &&
    node.expression.expression.kind === K.SuperKeyword
  );
}

function mutateCondition(node, add) {
  if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
    const condition = ts.isIfStatement(node) ? node.expression : node.condition;
    for (const value of ['true', 'false'])
      add(condition, 'expression', replacing(condition, value));
  } else if (ts.isWhileStatement(node) || ts.isDoStatement(node)) {
    if (node.expression.kind !== K.TrueKeyword)
      add(node.expression, 'expression', replacing(node.expression, 'false'));
  } else if (ts.isForStatement(node) && node.condition) {
    add(node.condition, 'expression', replacing(node.condition, 'false'));
  }
}

function mutateOperation(node, add) {
  if (ts.isBinaryExpression(node)) mutateBinary(node, add);
  else if (ts.isPrefixUnaryExpression(node)) mutatePrefix(node, add);
  else if (ts.isPostfixUnaryExpression(node)) {
    const other = node.operator === K.PlusPlusToken ? '--' : '++';
    add(node, 'expression', { start: node.getEnd() - 2, end: node.getEnd(), text: other });
  }
}

function mutateBinary(node, add) {
  const { left, right, operatorToken } = node;
  const kind = operatorToken.kind;
  if (kind === K.QuestionQuestionToken) {
    add(node, 'expression', replacing(node, left.getText()));
    return;
  }
  if (kind === K.PlusToken && (isTextual(left) || isTextual(right))) return;
  for (const other of operators.get(kind) ?? [])
    add(node, 'expression', replacing(operatorToken, other));
  if (kind !== K.AmpersandAmpersandToken && kind !== K.BarBarToken) return;
  // What is neutral on one side leaves the other side to decide.
  const neutral = kind === K.AmpersandAmpersandToken ? 'true' : 'false';
  for (const side of [left, right]) add(side, 'expression', replacing(side, neutral));
}

function mutatePrefix(node, add) {
  const start = node.getStart();
  if (node.operator === K.ExclamationToken || node.operator === K.MinusToken)
    add(node, 'expression', { start, end: start + 1, text: '' });
  else if (node.operator === K.PlusPlusToken || node.operator === K.MinusMinusToken) {
    const other = node.operator === K.PlusPlusToken ? '--' : '++';
    add(node, 'expression', { start, end: start + 2, text: other });
  }
}

function mutateLiteral(node, add) {
  if (node.kind === K.TrueKeyword) add(node, 'expression', replacing(node, 'false'));
  else if (node.kind === K.FalseKeyword) add(node, 'expression', replacing(node, 'true'));
  else if (ts.isNumericLiteral(node) && !isName(node))
    add(node, 'expression', replacing(node, `${node.getText()} + 1`));
  else if (ts.isRegularExpressionLiteral(node))
    for (const other of mutateRegularExpression(node.getText()))
      add(node, 'expression', replacing(node, other));
  else if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) mutateText(node, add);
  else if (ts.isArrayLiteralExpression(node) && node.elements.length > 0 && !isAssigned(node))
    add(node, 'expression', replacing(node, '[]'));
}

/** Prose for people is left alone: its words are no rule, and no test should hold them. */
function mutateText(node, add) {
  const parts = ts.isTemplateExpression(node)
    ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]
    : [node.text];
  if (isName(node) || parts.some((part) => /\s/.test(part))) return;
  if (node.parent && ts.isTaggedTemplateExpression(node.parent)) return;
  if (ts.isTemplateExpression(node) || node.text !== '')
    add(node, 'expression', replacing(node, "''"));
  else add(node, 'expression', replacing(node, "'mutant'"));
}

function mutateCall(node, add) {
  if (isChainTop(node))
    for (const token of chainTokens(node))
      add(node, 'expression', {
        start: token.getStart(),
        end: token.getEnd(),
        text: ts.isPropertyAccessExpression(token.parent) ? '.' : '',
      });
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
  const { name, expression, questionDotToken } = node.expression;
  const top = outermost(node);
  const opposite = opposites.get(name.text);
  if (opposite !== undefined) add(top, 'expression', replacing(name, opposite));
  if (omissible.has(name.text) && questionDotToken === undefined)
    add(top, 'expression', replacing(node, expression.getText()));
}

function isChainTop(node) {
  return ts.isOptionalChain(node) && outermost(node) === node;
}

/** The `?.` of the chain that ends with this node. */
function chainTokens(node) {
  const tokens = [];
  for (let part = node; ts.isOptionalChain(part); part = part.expression)
    if (part.questionDotToken) tokens.push(part.questionDotToken);
  return tokens;
}

/**
 * The whole chain of members and calls that an expression begins. A switch around less of it would take the object from
 * its method, or end an optional chain early.
 */
function outermost(node) {
  let top = node;
  while (
    (ts.isPropertyAccessExpression(top.parent) ||
      ts.isElementAccessExpression(top.parent) ||
      ts.isCallExpression(top.parent) ||
      ts.isNonNullExpression(top.parent)) &&
    top.parent.expression === top
  )
    top = top.parent;
  return top;
}

/** Names of members, of modules and of enumerations, which no expression may take the place of. */
function isName(node) {
  const { parent } = node;
  return (
    (parent.name === node && !ts.isVariableDeclaration(parent)) ||
    ts.isExternalModuleReference(parent) ||
    ts.isLiteralTypeNode(parent)
  );
}

function isAssigned(node) {
  const { parent } = node;
  return (
    (ts.isBinaryExpression(parent) &&
      parent.left === node &&
      parent.operatorToken.kind === K.EqualsToken) ||
    (ts.isForOfStatement(parent) && parent.initializer === node)
  );
}

function isTextual(node) {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function isText(node, text) {
  return node.getText() === text;
}

function isStatement({ kind }) {
  return kind !== 'expression';
}

function replacing(node, text) {
  return { start: node.getStart(), end: node.getEnd(), text };
}

function withEdits(text, start, end, edits) {
  let edited = '';
  let position = start;
  for (const edit of edits) {
    edited += text.slice(position, edit.start) + edit.text;
    position = edit.end;
  }
  return edited + text.slice(position, end);
}

function withoutTwins(mutants) {
  const seen = new Set();
  return mutants.filter(({ start, end, kind, text }) => {
    const key = JSON.stringify([start, end, kind, text]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function describeMutant(source, mutant, id) {
  const { line } = source.getLineAndCharacterOfPosition(mutant.start);
  const lineStart = source.getPositionOfLineAndCharacter(line, 0);
  const lineEnd = source.text.indexOf('\n', lineStart);
  const gone = mutant.kind === 'block' ? '{}' : '';
  return {
    ...mutant,
    id,
    file: source.fileName,
    line: line + 1,
    in: source.text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd).trim(),
    original: shorten(source.text.slice(mutant.start, mutant.end)),
    mutant: isStatement(mutant) ? gone : shorten(mutant.text),
  };
}

function shorten(text) {
  const oneLine = text.replaceAll(/\s+/g, ' ');
  return oneLine.length > textMax ? `${oneLine.slice(0, textMax)}…` : oneLine;
}
