import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendOAuthError, toOAuthError } from './oauth-answer.js';

/** Errors of the controllers of this face. What is not there has no body; the rest is told in OAuth's words. */
@Catch()
export class OAuthErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (error instanceof HttpException) void reply.code(error.getStatus()).send();
    else void sendOAuthError(reply, toOAuthError(error, http.getRequest<FastifyRequest>().log));
  }
}
