import { Agent, request as openRequest } from 'node:http';
import { text } from 'node:stream/consumers';

/** One request and what its answer must be. */
export interface BenchRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  /** Takes the answer's body; throws when it is not what was asked for. */
  readonly read?: (body: string) => void;
}

export interface LoadResult {
  readonly seconds: number;
  /** How long each answer took, the quickest first. */
  readonly latenciesMs: readonly number[];
}

/** A measurement that is slower than this ends with the requests that it has. */
const loadTimeoutMs = 60_000;
/** A thousand creates in one request take their time on a machine that has other work. */
const answerTimeoutMs = 30_000;
const bodyCharactersShown = 500;

/** Sends requests to one port of this machine over a few connections that stay open. */
export class LoadGenerator {
  private readonly agent: Agent;

  /** @param atOnce how many requests are under way at a time, each on a connection of its own */
  constructor(
    private readonly port: number,
    private readonly atOnce: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  }

  /**
   * Sends as many requests, always some of them under way.
   * @param atOnce how many, at most as many as there are connections
   * @throws Error at the first answer that is not the one expected
   */
  async run(
    next: () => BenchRequest,
    requests: number,
    atOnce: number = this.atOnce,
  ): Promise<LoadResult> {
    const latenciesMs: number[] = [];
    const begun = performance.now();
    let left = requests;
    const work = async () => {
      while (left > 0 && performance.now() - begun < loadTimeoutMs) {
        left -= 1;
        const sent = performance.now();
        await this.send(next());
        latenciesMs.push(performance.now() - sent);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const seconds = (performance.now() - begun) / 1000;
    return { seconds, latenciesMs: latenciesMs.sort((a, b) => a - b) };
  }

  close(): void {
    this.agent.destroy();
  }

  private async send(request: BenchRequest): Promise<void> {
    const { status, body } = await this.exchange(request);
    if (status !== request.status) {
      const shown = body.slice(0, bodyCharactersShown);
      throw new Error(
        `${request.method} ${request.path} answered ${status} and not ${request.status}: ${shown}`,
      );
    }
    request.read?.(body);
  }

  private exchange({
    method,
    path,
    headers,
    body,
  }: BenchRequest): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = openRequest(
        {
          host: '127.0.0.1',
          port: this.port,
          agent: this.agent,
          timeout: answerTimeoutMs,
          method,
          path,
          headers,
        },
        (answer) => {
          text(answer).then(
            (answered) => resolve({ status: answer.statusCode ?? 0, body: answered }),
            reject,
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.on('timeout', () =>
        outgoing.destroy(new Error(`${method} ${path} was not answered in ${answerTimeoutMs} ms`)),
      );
      outgoing.end(body);
    });
  }
}
