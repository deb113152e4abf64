/** What an archive holds, in the order of its entries; it is a tar within age, so that common tools open it. */
export const entryNames = {
  /** Parts of what `pg_dump --format=custom` wrote, to be put together in their order. */
  dump: 'database/',
  /** The files of a PostgreSQL data folder. */
  cluster: 'cluster/',
  /** Files of the store by their keys. */
  stored: 'stored/',
  settings: 'settings.json',
  /** `SHA-256  NAME` of up to so many entries before, as `sha256sum -c` reads it. */
  checksums: 'checksums/',
  manifest: 'manifest.json',
} as const;

export const archiveFormat = 1;

/** The last entry: what the others are, and how many. */
export type Manifest = {
  format: number;
  takenAt: string;
  /** Of the program that made it. */
  version: string;
  database: {
    kind: 'dump' | 'cluster';
    /** Major version of the server. */
    postgres: number;
    /** Names of the migrations that were applied. */
    migrations: string[];
    /** Rows by `schema.table`; null of a copied cluster, which nobody counted. */
    rows: Record<string, number> | null;
  };
  stored: { count: number; sizeBytes: number };
  /** Of all entries before the manifest but the checksums; `sha256` is that of their lines put together. */
  entries: { count: number; sizeBytes: number; sha256: string };
  /** Tells whether the ENCRYPTION_KEY of now is the one of then; nothing of it can be learned from this. */
  encryptionKeyMark: string;
};

export type Counts = Manifest['entries'];

export function checksumLine(name: string, sha256: Buffer): string {
  return `${sha256.toString('hex')}  ${name}\n`;
}
