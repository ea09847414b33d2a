import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Injectable,
  Logger,
  NotFoundException,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorAnswer, findErrorAnswer, unexpectedAnswer } from './error-answer.js';
import { RouteMethods } from './route-methods.js';

/** Tells every error of this face in FusionAuth's words. */
@Catch()
@Injectable()
export class AdminErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(AdminErrorFilter.name);

  constructor(private readonly routes: RouteMethods) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const answer =
      this.wrongMethodAnswer(error, request) ??
      findErrorAnswer(error) ??
      this.unexpected(error, request);
    const reply = http.getResponse<FastifyReply>().code(answer.status).headers(answer.headers);
    void (answer.body === undefined
      ? reply.send()
      : reply.type('application/json').send(JSON.stringify(answer.body)));
  }

  /** Only the router throws NotFoundException: it knows no such path, or not with this method. */
  private wrongMethodAnswer(error: unknown, request: FastifyRequest): ErrorAnswer | undefined {
    if (!(error instanceof NotFoundException)) return undefined;
    const allowed = this.routes.methodsOf(request.url);
    if (allowed.length === 0) return undefined;
    return { status: 405, headers: { Allow: allowed.join(', ') }, body: undefined };
  }

  private unexpected(error: unknown, request: FastifyRequest): ErrorAnswer {
    this.logger.error(
      `request ${request.id} failed`,
      error instanceof Error ? error.stack : String(error),
    );
    return unexpectedAnswer;
  }
}
