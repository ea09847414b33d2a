/** Whether a statement only reads, and whether it has rows to give. */
export interface StatementKind {
  readonly isRead: boolean;
  readonly hasRows: boolean;
}

const firstWord = /^(?:\s|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*([a-z]+)/i;
const writingWord = /\b(?:insert|update|delete|replace)\b/i;
const returning = /\breturning\b/i;

/**
 * Tells by its words what a statement does. A mistake may only be to take a read for a write, which costs time
 * and no more: readers refuse to write.
 */
export function statementKind(text: string): StatementKind {
  const verb = firstWord.exec(text)?.[1]?.toLowerCase();
  switch (verb) {
    case 'select':
    case 'values':
      return { isRead: true, hasRows: true };
    case 'with': {
      const isRead = !writingWord.test(text);
      return { isRead, hasRows: isRead || returning.test(text) };
    }
    // A pragma may change the connection that it is given to, and that must be the one that writes.
    case 'pragma':
    case 'explain':
      return { isRead: false, hasRows: true };
    default:
      return { isRead: false, hasRows: returning.test(text) };
  }
}
