import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { startProcess, type Variables } from '../support/rollcall-process.js';

/** A server that runs for one client, and what that client needs to know. */
export interface Target {
  readonly variables: Variables;
  stop(): Promise<void>;
}

/** Made by `rollcall quickstart`, in the file that it keeps. */
interface Quickstart {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly tenantId: string;
  readonly scimServerEntityId: string;
  readonly scimClientEntityId: string;
  readonly scimClientSecret: string;
  readonly scimBaseUrl: string;
  readonly bearerToken: string;
}

/** A second client of the same SCIM server, which may read users and nothing else. */
interface Reader {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly token: string;
}

/** Starts the built server in an empty folder, with the chain that `rollcall quickstart` makes and a reader beside it. */
export async function startTarget(dataDir: string): Promise<Target> {
  const port = await freePort();
  const server = startProcess(process.execPath, ['dist/cli/rollcall.js', 'quickstart'], {
    variables: {
      PORT: String(port),
      HOST: '127.0.0.1',
      ROLLCALL_PUBLIC_URL: `http://127.0.0.1:${port}`,
      ROLLCALL_DATA_DIR: dataDir,
      ROLLCALL_LOG_LEVEL: 'warn',
    },
  });
  const endWithUs = () => server.signal('SIGKILL');
  process.once('exit', endWithUs);
  const stop = async () => {
    await server.stop();
    process.off('exit', endWithUs);
  };
  try {
    await server.until(() => server.out.includes('Stop with Ctrl+C'));
    const values: Quickstart = JSON.parse(await readFile(join(dataDir, 'quickstart.json'), 'utf8'));
    return { variables: toVariables(values, await makeReader(values)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Names without our prefix: the server refuses to start with `ROLLCALL_` names that it does not know. */
function toVariables(values: Quickstart, reader: Reader): Variables {
  return {
    BASE_URL: values.baseUrl,
    API_KEY: values.apiKey,
    TENANT_ID: values.tenantId,
    SCIM_BASE_URL: values.scimBaseUrl,
    SCIM_TOKEN: values.bearerToken,
    SERVER_ENTITY_ID: values.scimServerEntityId,
    CLIENT_ID: values.scimClientEntityId,
    CLIENT_SECRET: values.scimClientSecret,
    READER_CLIENT_ID: reader.clientId,
    READER_CLIENT_SECRET: reader.clientSecret,
    READER_TOKEN: reader.token,
  };
}

async function makeReader(values: Quickstart): Promise<Reader> {
  const { entity: client } = await call(values, 'GET', `/api/entity/${values.scimClientEntityId}`);
  const { entity } = await call(values, 'POST', '/api/entity', {
    entity: { name: 'Reader', type: { id: client.type.id } },
  });
  await call(values, 'POST', `/api/entity/${values.scimServerEntityId}/grant`, {
    grant: { recipientEntityId: entity.id, permissions: ['scim:user:read'] },
  });
  const response = await fetch(`${values.baseUrl}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: entity.clientId,
      client_secret: entity.clientSecret,
      scope: `target-entity:${values.scimServerEntityId}`,
    }),
  });
  const { access_token: token } = await readJson(response);
  return { clientId: entity.clientId, clientSecret: entity.clientSecret, token };
}

async function call(values: Quickstart, method: string, path: string, body?: unknown) {
  const response = await fetch(`${values.baseUrl}${path}`, {
    method,
    headers: {
      authorization: values.apiKey,
      'x-fusionauth-tenantid': values.tenantId,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return readJson(response);
}

/** A grant answers with nothing. */
async function readJson(response: Response) {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  return text === '' ? {} : JSON.parse(text);
}
