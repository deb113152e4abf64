import type { Encryption } from './crypto.ts';

/** How many sealed values there are of each kind: under the present key, not yet (or renewed now), opened by no key. */
export type Renewal = { present: number; renewed: number; lost: number };

/** A sealed value: what it is sealed for, and how another sealing of it is put in its place unless it has changed. */
export type Sealed = {
  value: Buffer;
  context: string;
  replace: (renewed: Buffer) => Promise<void>;
};

/**
 * Seals every value anew that the previous ENCRYPTION_KEY made; with `isCounting` it only counts. Goes by pages, one
 * value a statement, and can be stopped and begun again at any time. `nextPage` is given nothing at first.
 */
export async function renewAll<Place>(
  encryption: Encryption,
  { isCounting }: { isCounting: boolean },
  nextPage: (after: Place | undefined) => Promise<{ sealed: readonly Sealed[]; last: Place | undefined }>,
): Promise<Renewal> {
  const counts: Renewal = { present: 0, renewed: 0, lost: 0 };
  let after: Place | undefined;
  do {
    const { sealed, last } = await nextPage(after);
    for (const each of sealed) counts[await renew(encryption, each, isCounting)] += 1;
    after = last;
  } while (after !== undefined);
  return counts;
}

async function renew(
  encryption: Encryption,
  { value, context, replace }: Sealed,
  isCounting: boolean,
): Promise<keyof Renewal> {
  let renewed: Buffer | undefined;
  try {
    renewed = encryption.renew(value, context);
  } catch {
    return 'lost';
  }
  if (renewed === undefined) return 'present';
  if (!isCounting) await replace(renewed);
  return 'renewed';
}
