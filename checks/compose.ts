type Service = {
  command?: string[] | null;
  environment?: Record<string, string> | null;
  healthcheck?: Record<string, unknown>;
  ports?: unknown[];
};
/** What `docker compose config --format json` says of a file. */
export type ComposeConfig = {
  services: Record<string, Service>;
  networks?: Record<string, { driver?: string; ipam?: { config?: { subnet?: string }[] } } | null>;
};

/** The network of those that run on a machine of their own, where nothing else is set. */
const SUBNETS: Record<string, string> = {
  'compose.prod.yaml': '172.20.0.0/16',
  'compose.staging.yaml': '172.21.0.0/16',
  'compose.demo.yaml': '172.22.0.0/16',
};

/**
 * What in a compose file would not start on an older engine, lose what Redis holds, or be reached from elsewhere. `given` is the
 * network that was set for it.
 */
export function flawsOfCompose(name: string, config: ComposeConfig, given?: string): string[] {
  const flaws: string[] = [];
  for (const [service, { healthcheck = {} }] of Object.entries(config.services)) {
    if ('start_interval' in healthcheck)
      flaws.push(`${name}: ${service}: start_interval, which older engines refuse`);
  }
  const standard = SUBNETS[name];
  if (standard === undefined) return flaws;
  const subnet = given ?? standard;
  const { driver, ipam } = config.networks?.['lms'] ?? {};
  const found = ipam?.config?.map((each) => each.subnet).join();
  if (driver !== 'bridge' || found !== subnet)
    flaws.push(`${name}: the network is ${driver} ${found}, not bridge ${subnet}`);
  const trusted = config.services['api']?.environment?.['TRUSTED_PROXIES'];
  if (trusted !== subnet) flaws.push(`${name}: the API believes ${trusted}, and the proxy is in ${subnet}`);
  const redis = config.services['redis']?.command?.join(' ') ?? '';
  if (!/ --appendonly yes(?: |$)/.test(redis)) flaws.push(`${name}: Redis without its append-only file`);
  const published = Object.entries(config.services).flatMap(([service, { ports = [] }]) =>
    ports.length > 0 && service !== 'proxy' ? [service] : [],
  );
  if (published.length > 0) flaws.push(`${name}: published beside the proxy: ${published.join(', ')}`);
  return flaws;
}
