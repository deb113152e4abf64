import { readFile } from 'node:fs/promises';
import { CONFIGURATION_STEPS } from './configuration.ts';
import type { Workbench } from './workbench.ts';
import { GENERATED } from './generated.ts';
import { checkEditedMigration, checkMigrationsTwice } from './migrations.ts';
import { checkManifest } from './manifest.ts';
import { checkObservability } from './observability.ts';
import type { Step } from './step.ts';

/** In this order, two at a time: the long ones first. */
export const STEPS: readonly Step[] = [
  command('lint', 'oxlint', ['--type-aware', '--deny-warnings']),
  command('planted violations', 'node', ['--test', '--test-reporter=spec', 'checks/*.test.ts']),
  command('types', 'tsc', ['-p', '.']),
  ...GENERATED.map((artefact) => ({
    name: `${artefact.path} without difference`,
    async run(bench: Workbench) {
      const committed = await readFile(artefact.path, 'utf8').catch(() => {
        throw new Error(`${artefact.path} does not exist: npm run generate`);
      });
      if ((await artefact.render(bench)) !== committed) {
        throw new Error(
          `${artefact.path} differs from the code: npm run generate, then look at the difference`,
        );
      }
      return undefined;
    },
  })),
  { name: 'migrations applied twice', run: checkMigrationsTwice },
  { name: 'an edited migration is refused', run: checkEditedMigration },
  command(
    'OpenAPI document',
    'redocly',
    ['lint', 'openapi.json', '--format=stylish', '--max-problems=1000'],
    {
      REDOCLY_TELEMETRY: 'off',
      REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
    },
  ),
  command('unused code and dependencies', 'knip', ['--no-progress', '--treat-config-hints-as-errors']),
  command('format', 'oxfmt', ['--check', '.']),
  command('rules of our own', 'node', ['checks/run-rules.ts']),
  { name: 'package.json and package-lock.json', run: checkManifest },
  ...CONFIGURATION_STEPS,
  { name: 'Prometheus, its alerts, Alertmanager', run: checkObservability },
];

function command(
  name: string,
  program: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Step {
  return {
    name,
    async run(bench) {
      await bench.run(program, args, environment);
      return undefined;
    },
  };
}
