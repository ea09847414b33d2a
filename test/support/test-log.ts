import { pino } from 'pino';

/** The log of what runs inside a test: silent, unless `ROLLCALL_TEST_LOG` names a level. */
export const testLog = pino({ level: process.env.ROLLCALL_TEST_LOG ?? 'silent' });
