/**
 * The API key of an `Authorization` header: the raw key without a scheme word, or Basic with the user name
 * `apikey` (contract/README.md §2).
 * @returns undefined when there is none
 */
export function findApiKey(authorization: string | undefined): string | undefined {
  const text = authorization?.trim() ?? '';
  if (text === '' || /^bearer /i.test(text)) return undefined;
  if (!/^basic /i.test(text)) return text;
  const credentials = Buffer.from(text.slice('basic '.length).trim(), 'base64').toString('utf8');
  return credentials.startsWith(basicUserName)
    ? credentials.slice(basicUserName.length)
    : undefined;
}

const basicUserName = 'apikey:';
