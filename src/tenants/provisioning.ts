/** What a tenant asks of the provisioning of its people. */
export interface Provisioning {
  /** Whether an address stands for one active person only; otherwise people may share one. */
  readonly isEmailUnique: boolean;
}

/** What holds for a tenant that has asked for nothing. */
export const defaultProvisioning: Provisioning = { isEmailUnique: false };
