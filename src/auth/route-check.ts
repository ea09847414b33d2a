import { Injectable, type OnApplicationBootstrap, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { requirementKey } from './requires.js';

/** Stops the start when a route declares nothing of who may call it: forgetting it must not open it. */
@Injectable()
export class RouteCheck implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws Error that names every such route */
  onApplicationBootstrap(): void {
    const undeclared = this.discovery.getControllers().flatMap((wrapper) => {
      const { metatype, instance } = wrapper;
      if (typeof metatype !== 'function' || typeof instance !== 'object' || instance === null)
        return [];
      return this.undeclaredRoutesOf(metatype, Object.getPrototypeOf(instance));
    });
    if (undeclared.length > 0)
      throw new Error(`These routes do not say what they require: ${undeclared.join(', ')}`);
  }

  private undeclaredRoutesOf(
    controller: object & { name?: string },
    prototype: Record<string, unknown>,
  ): string[] {
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      if (
        typeof handler !== 'function' ||
        Reflect.getMetadata(PATH_METADATA, handler) === undefined
      )
        return [];
      const isDeclared = [handler, controller].some(
        (target) => Reflect.getMetadata(requirementKey, target) !== undefined,
      );
      const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))];
      return isDeclared ? [] : [`${method} ${controller.name ?? ''}.${name}`];
    });
  }
}
