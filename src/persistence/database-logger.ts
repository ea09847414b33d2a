import { Logger } from '@nestjs/common';
import type { Logger as TypeOrmLogger } from 'typeorm';

/**
 * What TypeORM has to say, in the server's own log. Statements are not in it: their parameters are people's data,
 * and an error that matters is logged by whoever answers for it.
 */
export class DatabaseLogger implements TypeOrmLogger {
  private readonly logger = new Logger('Database');

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    if (level === 'warn') this.logger.warn(message);
    else this.logger.log(message);
  }

  /** A connection that broke while nobody used it. Unheard, the event would end the process; the pool makes a new one. */
  logBrokenConnection(error: unknown): void {
    this.logger.warn(
      `An idle database connection broke: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  logMigration(message: string): void {
    this.logger.log(message);
  }

  logSchemaBuild(message: string): void {
    this.logger.debug(message);
  }

  logQuery(): void {
    // Not logged, see above.
  }

  logQueryError(): void {
    // Not logged, see above.
  }

  logQuerySlow(): void {
    // Not logged, see above.
  }
}
