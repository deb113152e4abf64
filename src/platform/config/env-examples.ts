import { secretFileNames } from './secret-files.ts';
import { settings } from './settings.ts';
import type { Environment, Setting } from './setting.ts';

/** The committed examples of `.env`, each with the environment it is for. */
export const envExamples = {
  '.env.example': 'development',
  '.env.staging.example': 'staging',
  '.env.production.example': 'production',
  '.env.demo.example': 'demo',
} as const satisfies Record<string, Environment>;

export type ExampleEnvironment = (typeof envExamples)[keyof typeof envExamples];

/**
 * The text of an example: every setting with its default, commented out, and live what must be set. What has to be
 * filled in stands in angle brackets, and is refused until it is.
 */
export function renderEnvExample(environment: ExampleEnvironment): string {
  const groups = Map.groupBy(settings as readonly Setting[], ({ group }) => group);
  const sections = [...groups].map(
    ([group, rows]) =>
      `\n# ---- ${group} ----\n${rows.map((row) => renderExample(row, environment)).join('')}`,
  );
  return `${heads[environment]}${common}${sections.join('')}`;
}

const heads: Readonly<Record<ExampleEnvironment, string>> = {
  development: `# For development: copy this file to .env, and fill in what stands in angle brackets. Without a .env the whole system
# runs on a PostgreSQL of its own, with keys that it makes itself.
`,
  staging:
    '# For staging: copy this file to .env on that machine, and fill in what stands in angle brackets.\n',
  production:
    '# For production: copy this file to .env on that machine, and fill in what stands in angle brackets.\n',
  demo: `# For a demo that others reach: copy this file to .env on that machine, and fill in what stands in angle brackets.
# Everybody can sign in to the demo academy.
`,
};

const common = `# Every setting is here, with its default commented out; docs/settings.md says more, and "lms check-config" what is
# missing. Generated from src/platform/config/settings.ts by: check-config --print-env-example
`;

function renderExample(setting: Setting, environment: ExampleEnvironment): string {
  const { name, description, requiredIn = [] } = setting;
  const file = secretFileNames.get(name);
  const notes = [
    setting.defaultText === undefined ? '' : `Default: ${setting.defaultText.replaceAll('`', '')}.`,
    ...Object.entries(setting.defaultIn ?? {}).map(([where, value]) => `In ${where}: ${String(value)}.`),
    requiredIn.length === 0 ? '' : `Required in ${requiredIn.join(' and ')}.`,
    file === undefined ? '' : `Or ${file}=PATH.`,
  ].filter((note) => note !== '');
  const noteLine = notes.length === 0 ? '' : `# ${notes.join(' ')}\n`;
  return `\n# ${description}\n${noteLine}${renderValue(setting, environment)}\n`;
}

function renderValue(setting: Setting, environment: ExampleEnvironment): string {
  const { name, placeholder, exampleIn, defaultText } = setting;
  const example = exampleIn?.[environment];
  if (example !== undefined) return `${name}=${quote(example)}`;
  if (placeholder?.in.includes(environment) === true) return `${name}=<${placeholder.text}>`;
  return `#${name}=${quote(defaultText === undefined ? String(setting.default ?? '') : '')}`;
}

/** Quoted where a space or a sign would otherwise be read as something else. */
function quote(value: string): string {
  return /^[\w./:-]*$/.test(value) ? value : `"${value}"`;
}
