import {
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Param,
  Patch,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import { Requires } from '../auth/requires.js';
import { findLambdaJson, listLambdaJson } from '../contract/lambda.js';
import { findText, type Query as QueryParameters } from '../contract/request/query.js';
import { LambdaCriteria, searchLambdaJson } from '../contract/search/lambda-search.js';
import { parseSearchBody, parseSearchQuery } from '../contract/search/parse-search.js';
import { JsonBody } from '../edge/request-body.js';
import { DomainError } from '../kernel/domain-error.js';
import type { JsonObject } from '../kernel/json.js';
import { IdPipe } from './id.pipe.js';

/** contract/operations.md §3: the built-in mappings can be read; code of one's own is not run. */
@Controller('/api/lambda')
@Requires('/api/lambda', { isGlobal: true })
export class LambdasController {
  @Get()
  list(@Query() query: QueryParameters): JsonObject {
    return { lambdas: listLambdaJson(findText(query, 'type')) };
  }

  @Get('search')
  @Requires('/api/lambda/search', { isGlobal: true })
  searchByQuery(@Query() query: QueryParameters): JsonObject {
    return search(parseSearchQuery(LambdaCriteria, query));
  }

  @Post('search')
  @HttpCode(HttpStatus.OK)
  @Requires('/api/lambda/search', { isGlobal: true })
  searchByBody(@JsonBody() body: unknown): JsonObject {
    return search(parseSearchBody(LambdaCriteria, body));
  }

  @Get(':lambdaId')
  get(@Param('lambdaId', IdPipe) id: string): JsonObject {
    const lambda = findLambdaJson(id);
    if (lambda === undefined) throw DomainError.notFound('lambda', id);
    return { lambda };
  }

  @Post(['', ':lambdaId'])
  create(): never {
    return refuse();
  }

  @Put(':lambdaId')
  replace(): never {
    return refuse();
  }

  @Patch(':lambdaId')
  patch(): never {
    return refuse();
  }

  @Delete(':lambdaId')
  delete(): never {
    return refuse();
  }
}

function search(criteria: LambdaCriteria): JsonObject {
  const { items, total } = searchLambdaJson(criteria);
  return { lambdas: items, total };
}

function refuse(): never {
  throw new DomainError(
    'not_implemented',
    'Lambdas are not run: the built-in mappings are always in force.',
  );
}
