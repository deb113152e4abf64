import type { UserRow } from './queries/users.ts';

/** `meta.version` and the ETag: weak, since the account may be shown otherwise by a later release. */
export function versionOfUser({ version, account_version: account }: UserRow): string {
  return `W/"${account}.${version}"`;
}

export function versionOfGroup({ version }: { version: number }): string {
  return `W/"${version}"`;
}

/** The versions in `If-Match` or `If-None-Match`; null where it allows any. */
export function readVersions(header: string | undefined): string[] | null {
  if (header === undefined || header.trim() === '*') return null;
  return header.split(',').map((each) => each.trim().replace(/^(?!W\/)/, 'W/'));
}

export function isVersion(wanted: readonly string[] | null, version: string): boolean {
  return wanted === null || wanted.includes(version);
}
