import type { JsonObject } from '../kernel/json.js';
import { defaultProvisioning, type Provisioning } from '../tenants/provisioning.js';
import type { ProvisioningBody } from './provisioning.request.js';

export function toProvisioning({ uniqueEmail }: ProvisioningBody): Provisioning {
  return { isEmailUnique: uniqueEmail ?? defaultProvisioning.isEmailUnique };
}

export function toProvisioningJson({ isEmailUnique }: Provisioning): JsonObject {
  return { uniqueEmail: isEmailUnique };
}
