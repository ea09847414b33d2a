/**
 * The mutants of a regular expression: an anchor or a flag that is left out, a quantifier of another kind, a class turned
 * around. Escaped characters stay as they are.
 */
export function mutateRegularExpression(literal) {
  const end = literal.lastIndexOf('/');
  const pattern = literal.slice(1, end);
  const flags = literal.slice(end + 1);
  const changed = [];
  const change = (start, length, text) =>
    changed.push(pattern.slice(0, start) + text + pattern.slice(start + length));
  let isInClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '\\') {
      const opposite = { d: 'D', D: 'd', s: 'S', S: 's', w: 'W', W: 'w' }[pattern[at + 1]];
      if (opposite !== undefined) change(at + 1, 1, opposite);
      at += 1;
    } else if (isInClass) {
      if (character === ']') isInClass = false;
    } else if (character === '[') {
      isInClass = true;
      if (pattern[at + 1] === '^') change(at + 1, 1, '');
      else change(at + 1, 0, '^');
    } else if (character === '^' || character === '$') {
      change(at, 1, '');
    } else if (character === '+') {
      change(at, 1, '*');
    } else if (character === '*') {
      change(at, 1, '+');
    } else if (character === '?' && pattern[at - 1] !== '(') {
      change(at, 1, '');
    }
  }
  const mutants = changed.filter((text) => text !== '').map((text) => `/${text}/${flags}`);
  if (flags.includes('i')) mutants.push(`/${pattern}/${flags.replace('i', '')}`);
  return mutants.filter(isRegularExpression);
}

function isRegularExpression(literal) {
  const end = literal.lastIndexOf('/');
  try {
    return new RegExp(literal.slice(1, end), literal.slice(end + 1)) instanceof RegExp;
  } catch {
    return false;
  }
}
