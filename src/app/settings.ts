import { loadConfig, readEnvironment, type ConfigInput, type LoadedConfig } from '#platform/config/config.ts';
import { readKeyVault } from '#platform/config/key-vault.ts';
import { freePort } from '#platform/db/embedded/server.ts';

/** The settings of this process. Throws `ConfigError` with every reason. */
export async function readSettings(): Promise<LoadedConfig> {
  return loadConfig(await readSources());
}

/** Where settings come from: the environment, `.env`, and Azure Key Vault where one is named. */
export async function readSources(): Promise<ConfigInput> {
  const cwd = process.cwd();
  return readKeyVault({ ...readEnvironment(cwd), cwd });
}

/**
 * As `readSettings`, for a process that serves the API. PORT=0 becomes a port now, and not only when the server
 * listens, since PUBLIC_URL, which links and tokens carry, follows from it.
 */
export async function readServerSettings(): Promise<LoadedConfig> {
  const sources = await readSources();
  const loaded = loadConfig(sources);
  if (loaded.config.port !== 0) return loaded;
  return loadConfig({ ...sources, overrides: { port: await freePort() } });
}
