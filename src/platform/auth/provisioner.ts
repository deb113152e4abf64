/** A directory outside that brings people and groups by SCIM: no person, and good for that alone. */
export type Provisioner = {
  connectionId: string;
  /** By which its people sign in. */
  providerId: string | null;
  /** Whose addresses it speaks for. */
  emailDomains: readonly string[];
};
