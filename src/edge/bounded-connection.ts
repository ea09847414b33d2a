import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HeldRequests } from './held-requests.js';

/**
 * How many requests of one connection run at a time. Pipelined requests may change things, and then have to run one
 * after the other (RFC 9112 §9.3.2); no SCIM or OAuth client pipelines.
 */
const runningRequestsMax = 1;

/**
 * Node hands over up to 64 KiB of a socket at a time, which may hold two thousand requests. In slices of this size only
 * a few dozen are parsed before the connection is seen to be full.
 */
const sliceBytes = 2_048;

/** How much of a body that nobody wants is still read, so that its client comes to see the answer. */
export const unreadBytesMax = 64 * 1024;

/** How long a client that goes on sending has to read its answer before the connection is reset. */
const lingerMs = 1_000;

/** How much of a message is kept to tell what it asks for, should the rest be broken. */
const messageStartBytes = 512;

type Listeners = ReturnType<Socket['listeners']>;

const connections = new WeakMap<Socket, BoundedConnection>();

/**
 * One client's connection, between the socket and Node's HTTP parser. Requests beyond those that may run are held, and
 * the socket is not read while one is: what a client sends ahead stays in its own kernel. Held requests of a client that
 * has left never start.
 */
export class BoundedConnection {
  private running = 0;
  private readonly held: (readonly [IncomingMessage, ServerResponse])[] = [];
  /** A copy, because a slice would keep the 64 KiB that it is part of. */
  private messageStart: string | undefined;
  private current: IncomingMessage | undefined;
  private unwanted: { readonly request: IncomingMessage; bytesLeft: number } | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly heldRequests: HeldRequests,
    private readonly listener: RequestListener,
  ) {
    connections.set(socket, this);
    // Node's own listener hands the bytes to the parser. With one of ours in its place, Node stops its shortcut from
    // the handle to the parser, and the bytes come by here.
    const parsers = socket.listeners('data');
    socket.removeAllListeners('data');
    socket.on('data', (bytes: Buffer) => this.receive(bytes, parsers));
    socket.once('close', () => this.held.splice(0));
    // Node closes with this method after the last answer. Unread bytes would turn that into a reset, which can overtake
    // the answer (RFC 9112 §9.6).
    const destroySoon = socket.destroySoon.bind(socket);
    socket.destroySoon = () => (this.isWanted() ? destroySoon() : this.linger());
  }

  /** The connection of a socket; undefined for what is no socket of this server. */
  static find(socket: Socket): BoundedConnection | undefined {
    return connections.get(socket);
  }

  /** The request target of the message that is being parsed, also when it is broken; empty when none has come. */
  get target(): string {
    const [line = ''] = (this.messageStart ?? '').trimStart().split('\r\n', 1);
    return line.split(' ')[1] ?? '';
  }

  /** Starts a request that has been parsed, or holds it until those before it are answered. */
  accept(request: IncomingMessage, response: ServerResponse): void {
    this.messageStart = undefined;
    this.current = request;
    if (this.running < runningRequestsMax) return this.start(request, response);
    this.held.push([request, response]);
    this.socket.pause();
  }

  /** Reads the rest of this request's body and throws it away, at most `unreadBytesMax` of it. */
  discardBody(request: IncomingMessage): void {
    this.unwanted = { request, bytesLeft: unreadBytesMax };
    request.resume();
  }

  private start(request: IncomingMessage, response: ServerResponse): void {
    this.running += 1;
    response.once('close', () => this.end());
    this.listener(request, response);
  }

  private end(): void {
    this.running -= 1;
    if (this.current?.complete) this.current = undefined;
    if (this.held.length > 0) this.heldRequests.add(() => this.startHeld());
  }

  private startHeld(): void {
    const next = this.held.shift();
    if (next === undefined) return;
    this.start(...next);
    if (this.held.length === 0) this.socket.resume();
  }

  /** What comes after the connection is full, or after Node has paused it, is put back to be read again later. */
  private receive(bytes: Buffer, parsers: Listeners): void {
    const { socket } = this;
    if (isOver(socket)) return this.countUnwanted(bytes.length);
    let offset = 0;
    while (offset < bytes.length && !this.isFull() && !isOver(socket)) {
      // Nearly every request is one short read, and needs no slice.
      const slice =
        bytes.length <= sliceBytes ? bytes : bytes.subarray(offset, offset + sliceBytes);
      if (this.current?.complete !== false)
        this.messageStart ??= slice.toString('latin1', 0, messageStartBytes);
      this.countUnwanted(slice.length);
      for (const parser of parsers) Reflect.apply(parser, socket, [slice]);
      offset += slice.length;
    }
    if (offset >= bytes.length || isOver(socket)) return;
    socket.pause();
    socket.unshift(bytes.subarray(offset));
  }

  private countUnwanted(bytes: number): void {
    if (this.unwanted === undefined || this.isWanted()) return;
    this.unwanted.bytesLeft -= bytes;
    if (this.unwanted.bytesLeft < 0) this.linger();
  }

  private isFull(): boolean {
    return this.held.length > 0 || this.socket.isPaused();
  }

  private isWanted(): boolean {
    return this.unwanted === undefined || this.unwanted.request.complete;
  }

  /** Ends our side, and leaves the client a moment to read the answer that is on its way. */
  private linger(): void {
    const { socket } = this;
    if ((this.unwanted?.bytesLeft ?? 0) < 0) socket.pause();
    if (socket.writableEnded) return;
    socket.end();
    const reset = setTimeout(() => socket.destroy(), lingerMs).unref();
    socket.once('close', () => clearTimeout(reset));
  }
}

/** Nothing more is answered on it. */
function isOver(socket: Socket): boolean {
  return socket.destroyed || socket.writableEnded;
}
