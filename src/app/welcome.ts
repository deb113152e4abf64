import type { Config } from '#platform/config/config.ts';

/** What a person at the terminal reads when the system runs. */
export function welcome(config: Config, address: string): string {
  const lines = [
    '',
    `${config.projectName} runs.`,
    `  API    ${address}${config.apiV1Prefix}`,
    ...(config.enableApiDocs ? [`  Docs   ${address}/docs`] : []),
    '',
    'Stop it with Ctrl-C.',
    '',
  ];
  return lines.join('\n');
}
