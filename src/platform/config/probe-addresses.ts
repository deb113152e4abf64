import { readSettings, type ConfigInput } from './draft.ts';
import { readEnvFile } from './env-file.ts';

// What says where a role listens. No secret is read, and nothing is asked of a vault.
const names = ['HOST', 'PORT', 'METRICS_PORT', 'API_V1_PREFIX'] as const;
const anyHost: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

/** Where `ready` of a role on this machine may answer: at the API's port, else at that of the probes. */
export function probeAddresses({ env, envFileText }: Pick<ConfigInput, 'env' | 'envFileText'>): string[] {
  const file = readEnvFile(envFileText);
  const own = Object.fromEntries(names.map((name) => [name, env[name] ?? file[name]]));
  const { host, port, metricsPort, apiV1Prefix } = readSettings({ env: own, cwd: '/' }).values;
  const reached = anyHost[host] ?? (host.includes(':') ? `[${host}]` : host);
  return [port, metricsPort].map((each) => `http://${reached}:${each}${apiV1Prefix}/ready`);
}
