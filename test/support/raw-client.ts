import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection to loopback on which a test sends what no HTTP client would; its errors are the server's doing. */
export async function rawClient(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Everything that comes until the server ends the connection, or resets it. */
export function readToEnd(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk) => (text += String(chunk)));
    socket.once('close', () => resolve(text));
    socket.once('end', () => socket.end());
  });
}
