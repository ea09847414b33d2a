import { type HttpAnswer, sendHttp } from '../support/http-client.js';

/** What is needed to write to a server and to read from it: what quickstart told, and what was made with that. */
export interface TargetValues {
  readonly port: number;
  readonly tenantId: string;
  readonly apiKey: string;
  readonly bearerToken: string;
  /** The type of the entities that are made and deleted; its tokens live so long that each is recorded. */
  readonly typeId: string;
  /** The entity that grants are on. */
  readonly grantTargetId: string;
  readonly tokenClient: { readonly id: string; readonly secret: string };
}

/** How long one request may take: on a busy machine long, and never for ever. */
const requestTimeoutMs = 30_000;

/** The server under test, as its clients see it. */
export class Target {
  constructor(readonly values: TargetValues) {}

  scim(method: string, path: string, body?: object): Promise<HttpAnswer> {
    return this.send(method, `/api/scim/resource/v2${path}`, `Bearer ${this.values.bearerToken}`, {
      type: 'application/scim+json',
      text: body && JSON.stringify(body),
    });
  }

  admin(method: string, path: string, body?: object): Promise<HttpAnswer> {
    return this.send(method, path, this.values.apiKey, {
      type: 'application/json',
      text: body && JSON.stringify(body),
    });
  }

  /** Where the grants on the target are written and read. */
  get grantPath(): string {
    return `/api/entity/${this.values.grantTargetId}/grant`;
  }

  requestToken(): Promise<HttpAnswer> {
    const { id, secret } = this.values.tokenClient;
    return this.form('/oauth2/token', {
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
    });
  }

  introspect(token: string): Promise<HttpAnswer> {
    return this.form('/oauth2/introspect', { token });
  }

  private form(path: string, fields: Readonly<Record<string, string>>): Promise<HttpAnswer> {
    return this.send('POST', path, undefined, {
      type: 'application/x-www-form-urlencoded',
      text: new URLSearchParams(fields).toString(),
    });
  }

  private send(
    method: string,
    path: string,
    authorization: string | undefined,
    body: { readonly type: string; readonly text: string | undefined },
  ): Promise<HttpAnswer> {
    return sendHttp(`http://127.0.0.1:${this.values.port}${path}`, {
      method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body.text === undefined ? {} : { 'content-type': body.type }),
        'x-fusionauth-tenantid': this.values.tenantId,
      },
      ...(body.text === undefined ? {} : { body: body.text }),
      timeoutMs: requestTimeoutMs,
    });
  }
}
