import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { catchError, type Observable } from 'rxjs';
import { DomainError } from '../kernel/domain-error.js';

/** Services name the fields of their object; in this face's errors the name of its wrapper stands before them. */
export class FieldPrefix implements NestInterceptor {
  constructor(private readonly wrapper: string) {}

  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        throw error instanceof DomainError ? this.prefixed(error) : error;
      }),
    );
  }

  private prefixed(error: DomainError): DomainError {
    const problems = error.problems.map((problem) => ({
      ...problem,
      field: `${this.wrapper}.${problem.field}`,
    }));
    return new DomainError(error.code, error.message, problems, { cause: error.cause });
  }
}
