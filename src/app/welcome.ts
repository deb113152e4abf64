import { demoPassword } from './demo/accounts.ts';
import type { Config } from '#platform/config/config.ts';

/** What a person at the terminal reads when the system runs. `accounts`: addresses that the demo password opens. */
export function welcome(config: Config, address: string, accounts: readonly string[]): string {
  const lines = [
    '',
    `${config.projectName} runs.`,
    `  API    ${address}${config.apiV1Prefix}`,
    ...(config.enableApiDocs ? [`  Docs   ${address}/docs`] : []),
    ...(accounts.length > 0 ? ['', `Demo accounts, password ${demoPassword}:`] : []),
    ...accounts.map((email) => `  ${email}`),
    '',
    'Stop it with Ctrl-C.',
    '',
  ];
  return lines.join('\n');
}
