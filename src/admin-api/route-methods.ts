import { Injectable, type OnApplicationBootstrap, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

interface Route {
  readonly segments: readonly string[];
  readonly method: string;
}

/**
 * Which methods a path can be asked with. Fastify answers a known path with an unknown method like an unknown
 * path; FusionAuth's clients are told the difference (405).
 */
@Injectable()
export class RouteMethods implements OnApplicationBootstrap {
  private routes: readonly Route[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    this.routes = this.discovery.getControllers().flatMap(({ metatype, instance }) => {
      if (typeof metatype !== 'function' || typeof instance !== 'object' || instance === null)
        return [];
      const prototype: Record<string, unknown> = Object.getPrototypeOf(instance);
      const bases = pathsOf(metatype);
      return this.scanner
        .getAllMethodNames(prototype)
        .flatMap((name) => routesOf(prototype[name], bases));
    });
  }

  /** @returns none, when there is no such path */
  methodsOf(url: string): string[] {
    const segments = segmentsOf(url.split('?', 1)[0] ?? '');
    const methods = this.routes
      .filter((route) => matches(route.segments, segments))
      .map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}

function routesOf(handler: unknown, bases: readonly string[]): Route[] {
  if (typeof handler !== 'function') return [];
  const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))];
  // A route for every method leaves none that could be wrong.
  if (method === undefined || method === RequestMethod[RequestMethod.ALL]) return [];
  const paths = pathsOf(handler);
  return bases.flatMap((base) =>
    paths.map((path) => ({ segments: segmentsOf(`${base}/${path}`), method })),
  );
}

function pathsOf(target: object): readonly string[] {
  const path: unknown = Reflect.getMetadata(PATH_METADATA, target);
  return (Array.isArray(path) ? path : [path]).filter(
    (text): text is string => typeof text === 'string',
  );
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => part.startsWith(':') || part === segments[index]);
}
