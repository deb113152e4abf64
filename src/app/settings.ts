import { loadConfig, readEnvironment, type LoadedConfig } from '#platform/config/config.ts';

/** The settings of this process. Throws `ConfigError` with every reason. */
export function readSettings(): LoadedConfig {
  const cwd = process.cwd();
  return loadConfig({ ...readEnvironment(cwd), cwd });
}
