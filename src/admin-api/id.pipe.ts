import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { parseId } from '../contract/request/id.js';

/** An id of a path, in one spelling. A route without that segment has none. */
@Injectable()
export class IdPipe implements PipeTransform<string | undefined, string | undefined> {
  /** @throws RequestError couldNotConvert, under the name of the path's parameter */
  transform(text: string | undefined, { data }: ArgumentMetadata): string | undefined {
    return text === undefined ? undefined : parseId(text, data ?? 'id');
  }
}
