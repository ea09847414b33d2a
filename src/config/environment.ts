import { Transform } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateBy,
  type ValidateByOptions,
  type ValidationArguments,
} from 'class-validator';
import { isAddressBlock } from '../kernel/ip-address.js';

const httpUrl = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };

const portMax = 65_535;

/** Text breaks all rules of a number at once: they share a sentence, so that one fault is told once. */
const isPort = { message: `PORT must be a whole number from 0 to ${portMax}.` };

/** Longer than any balancer takes to notice. */
const shutdownDelayMsMax = 600_000;

const isDelay = {
  message: `ROLLCALL_SHUTDOWN_DELAY_MS must be a whole number of milliseconds from 0 to ${shutdownDelayMsMax}.`,
};

/** Text that is not a number stays as it is, so that the rule's own sentence refuses it. */
function toInteger({ value }: { value: unknown }): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
}

/** Says nothing of text that is no database URL at all: that has a sentence of its own. */
const readableUrl: ValidateByOptions = {
  name: 'readableUrl',
  validator: {
    validate: (value) =>
      typeof value !== 'string' || !/^postgres(ql)?:/.test(value) || isReadable(value),
  },
};

function isReadable(url: string): boolean {
  try {
    const { username, password } = new URL(url);
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/** Says which of the blocks is none: a list of a dozen is long to look through. */
const addressBlocks: ValidateByOptions = {
  name: 'addressBlocks',
  validator: { validate: (value) => findBadBlock(value) === undefined },
};

/** The elements of a list that is separated by commas. */
export function elementsOf(list: string): readonly string[] {
  return list.split(',').map((element) => element.trim());
}

function findBadBlock(value: unknown): string | undefined {
  return elementsOf(String(value)).find((element) => !isAddressBlock(element));
}

/** The environment variables that the server reads: each with its rule and its default. */
export class Environment {
  @Transform(toInteger)
  @IsInt(isPort)
  @Min(0, isPort)
  @Max(portMax, isPort)
  PORT = 9011;

  @IsString()
  @MinLength(1, { message: 'HOST must name an address to listen on, for example 127.0.0.1.' })
  HOST = '0.0.0.0';

  @IsOptional()
  @IsUrl(httpUrl, { message: 'ROLLCALL_PUBLIC_URL must be an http or https URL.' })
  @Matches(/^[^?#]*$/, { message: 'ROLLCALL_PUBLIC_URL must have no query and no fragment.' })
  ROLLCALL_PUBLIC_URL?: string;

  @IsString()
  @MinLength(1, { message: 'ROLLCALL_DATA_DIR must name a folder.' })
  ROLLCALL_DATA_DIR = './data';

  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, {
    message:
      'ROLLCALL_DATABASE_URL must begin with postgres:// or postgresql://; leave it out for SQLite.',
  })
  @ValidateBy(readableUrl, {
    message:
      'ROLLCALL_DATABASE_URL must be a URL with a port of 65535 or less and special characters of the password written as %.., for example postgres://user:password@localhost:5432/rollcall.',
  })
  ROLLCALL_DATABASE_URL?: string;

  @IsOptional()
  @Matches(/^[A-Za-z0-9+/_-]{43}=?$/, {
    message:
      'ROLLCALL_ENCRYPTION_KEY must be 32 bytes in base64 (make one with: openssl rand -base64 32).',
  })
  ROLLCALL_ENCRYPTION_KEY?: string;

  @IsIn(['readable', 'once'], { message: 'ROLLCALL_SECRETS must be readable or once.' })
  ROLLCALL_SECRETS: 'readable' | 'once' = 'readable';

  @IsIn(['true', 'false'], { message: 'ROLLCALL_ALLOW_SHORT_SECRETS must be true or false.' })
  ROLLCALL_ALLOW_SHORT_SECRETS: 'true' | 'false' = 'false';

  @IsOptional()
  @ValidateBy(addressBlocks, {
    message: ({ property, value }: ValidationArguments) =>
      `${property} must be addresses or CIDR blocks separated by commas, for example 10.0.0.0/8,::1; ` +
      `[${findBadBlock(value) ?? ''}] is neither.`,
  })
  ROLLCALL_TRUSTED_PROXIES?: string;

  @IsIn(['full', 'normal'], { message: 'ROLLCALL_SQLITE_SYNCHRONOUS must be full or normal.' })
  ROLLCALL_SQLITE_SYNCHRONOUS: 'full' | 'normal' = 'full';

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    message: 'ROLLCALL_LOG_LEVEL must be fatal, error, warn, info, debug, trace or silent.',
  })
  ROLLCALL_LOG_LEVEL: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent' = 'info';

  @Transform(toInteger)
  @IsInt(isDelay)
  @Min(0, isDelay)
  @Max(shutdownDelayMsMax, isDelay)
  ROLLCALL_SHUTDOWN_DELAY_MS = 0;

  @IsOptional()
  @MinLength(1, { message: 'ROLLCALL_KICKSTART_FILE must name a file.' })
  ROLLCALL_KICKSTART_FILE?: string;
}
