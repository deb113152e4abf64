import { loadConfig, readEnvironment, type LoadedConfig } from '#platform/config/config.ts';
import { freePort } from '#platform/db/embedded/server.ts';

/** The settings of this process. Throws `ConfigError` with every reason. */
export function readSettings(): LoadedConfig {
  const cwd = process.cwd();
  return loadConfig({ ...readEnvironment(cwd), cwd });
}

/**
 * As `readSettings`, for a process that serves the API. PORT=0 becomes a port now, and not only when the server
 * listens, since PUBLIC_URL, which links and tokens carry, follows from it.
 */
export async function readServerSettings(): Promise<LoadedConfig> {
  const loaded = readSettings();
  if (loaded.config.port !== 0) return loaded;
  const cwd = process.cwd();
  return loadConfig({ ...readEnvironment(cwd), cwd, overrides: { port: await freePort() } });
}
