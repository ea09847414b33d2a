import { readdirSync } from 'node:fs';

/** What each client sends with every request, also with those that have no body. */
export const clientHeaders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  authentik: { accept: 'application/scim+json', 'content-type': 'application/scim+json' },
  aws: {},
  entra: { 'content-type': 'application/scim+json; charset=utf-8' },
  google: {},
  jumpcloud: { 'content-type': 'application/json' },
  keycloak: {},
  okta: {
    'user-agent': 'Okta SCIM Client 1.0.0',
    accept: 'application/scim+json',
    'content-type': 'application/scim+json; charset=utf-8',
  },
  onelogin: { accept: 'application/scim+json, application/json' },
  ping: {},
  sailpoint: { accept: 'application/scim+json' },
  'scim-sdk': { accept: 'application/scim+json', 'content-type': 'application/scim+json' },
  scimgateway: { 'content-type': 'application/json; charset=utf-8' },
  scripts: { 'content-type': 'application/json' },
  terraform: { accept: 'application/json' },
  unboundid: { accept: 'application/scim+json, application/json' },
};

/** A conversation's file; its name is that of the client's folder and its own. */
export interface ConversationFile {
  readonly client: string;
  readonly name: string;
  readonly url: URL;
}

/**
 * Every conversation of every client.
 * @throws Error for a client without a folder
 */
export function findConversations(): readonly ConversationFile[] {
  return Object.keys(clientHeaders).flatMap((client) => {
    const folder = new URL(`./${client}/`, import.meta.url);
    return readdirSync(folder).map((file) => ({
      client,
      name: `${client}/${file}`,
      url: new URL(file, folder),
    }));
  });
}
