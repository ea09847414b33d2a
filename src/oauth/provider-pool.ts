import { Injectable } from '@nestjs/common';
import type OidcProvider from 'oidc-provider';
import { Configuration } from '../config/configuration.js';
import { createProvider, type TokenRules } from './provider-internals.js';

/** A provider weighs 50 KB and is made in under a millisecond, so that the least used one can always go. */
export const providersMax = 200;

/** One provider for each tenant, made when it is first asked for. */
@Injectable()
export class ProviderPool {
  /** In the order of their last use: a Map keeps the order in which keys were set. */
  private readonly providers = new Map<string, OidcProvider>();

  constructor(private readonly configuration: Configuration) {}

  /** @param tenantId undefined for a client that is in no tenant, and will be refused */
  of(tenantId: string | undefined, rules: TokenRules): OidcProvider {
    const { publicUrl } = this.configuration;
    const issuer = tenantId === undefined ? publicUrl : `${publicUrl}/${tenantId}`;
    const provider = this.providers.get(issuer) ?? createProvider(issuer, rules);
    this.providers.delete(issuer);
    this.providers.set(issuer, provider);
    const [oldest] = this.providers.keys();
    if (this.providers.size > providersMax && oldest !== undefined) this.providers.delete(oldest);
    return provider;
  }
}
