/** What a version is, outside the seal. The numbers are in the envelope and never change. */
export const VERSION_KIND = {
  /** A sealed value. */
  value: 1,
  /** A sealed deletion: keeps device and time, has no value. */
  tombstone: 2,
  /** An `account#devices` record: plain, signed by the master or by a certifier. */
  devices: 3,
} as const;

export type VersionKind = keyof typeof VERSION_KIND;
