import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What the server does with one connection; `messages` are those of the client, the first of them its start-up. */
export type Script = (socket: Socket, messages: AsyncIterator<Buffer>) => Promise<void> | void;

export interface ScriptedPostgres {
  readonly url: string;
  /** How many connections came. */
  readonly met: () => number;
  close(): Promise<void>;
}

/** A server on loopback that speaks as much of PostgreSQL's protocol as a script says, and breaks off where it says. */
export async function scriptedPostgres(script: Script): Promise<ScriptedPostgres> {
  const sockets = new Set<Socket>();
  let met = 0;
  const server = createServer((socket) => {
    met += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    void script(socket, socket[Symbol.asyncIterator]());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://nobody:nothing@127.0.0.1:${port}/nowhere`,
    met: () => met,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A message of the protocol: its letter, its length and its content. */
function message(letter: string, content: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

const number = (value: number) => {
  const four = Buffer.alloc(4);
  four.writeInt32BE(value);
  return four;
};

/** AuthenticationOk. */
export const authenticated = message('R', number(0));

/** AuthenticationSASL with the one mechanism that there is. */
export const saslAsked = message(
  'R',
  Buffer.concat([number(10), Buffer.from('SCRAM-SHA-256\0\0')]),
);

/** AuthenticationMD5Password with its salt. */
export const md5Asked = message('R', Buffer.concat([number(5), Buffer.from('salt')]));

/** ReadyForQuery, outside of a transaction. */
export const ready = message('Z', Buffer.from('I'));

/** DataRow without columns, which nobody has asked for. */
export const strayRow = message('D', Buffer.alloc(2));

/** ErrorResponse: the last words of a server that is stopped. */
export const stopped = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
);
