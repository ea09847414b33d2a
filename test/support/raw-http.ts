import { connect } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

const answerTimeoutMs = 10_000;

/** Sends bytes to the server on loopback and reads until it closes the connection. */
export function sendRaw(port: number, request: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket
      .setEncoding('utf8')
      .setTimeout(answerTimeoutMs, () => socket.destroy(new Error('no answer in time')));
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('end', () => {
      const [headers = '', ...body] = text.split('\r\n\r\n');
      resolve({ status: Number(headers.split(' ')[1]), headers, body: body.join('\r\n\r\n') });
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('connect', () => socket.write(request));
  });
}
