import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Value } from '../../checks/azure/expression.ts';
import { readTemplate, secretMark, workOut } from '../../checks/azure/template.ts';
import type { Deployment, Resource } from '../../checks/azure/template.ts';

const folder = path.join(import.meta.dirname, '../../deploy/azure');
export const main = readTemplate(path.join(folder, 'main.json'));
export const apps = readTemplate(path.join(folder, 'apps.json'));
export const sizes = (apps.parameters['databaseSize']?.allowedValues ?? []) as readonly string[];

const example = JSON.parse(readFileSync(path.join(folder, 'production.parameters.example.json'), 'utf8')) as {
  parameters: Record<string, { value: Value }>;
};
const exampleValues = Object.fromEntries(
  Object.entries(example.parameters).map(([name, { value }]) => [name, value]),
);
export const image = `lms.azurecr.io/lms@sha256:${'0'.repeat(64)}`;

/** What main.json asks Azure for, with GitHub's identities. */
export function deployMain(given: Readonly<Record<string, Value>> = {}): Deployment {
  return workOut(main, {
    databasePassword: secretMark,
    databaseAppPassword: secretMark,
    githubRepository: 'owner/name',
    ...given,
  });
}

/** What apps.json asks Azure for with the example's parameters. */
export function deployApps(given: Readonly<Record<string, Value>> = {}): Deployment {
  return workOut(apps, { ...exampleValues, step: 'roles', image, ...given });
}

export function wanted({ resources }: Deployment): readonly Resource[] {
  return resources.filter(({ isWanted }) => isWanted);
}

/** The one resource of this type whose name ends so. */
export function find(deployment: Deployment, type: string, end = ''): Resource {
  const found = wanted(deployment).filter((one) => one.type === type && one.name.endsWith(end));
  const [resource] = found;
  if (!resource || found.length > 1) throw new Error(`${found.length} of ${type} ${end}`);
  return resource;
}

/** A part of a resource's body, such as "properties.template.scale". */
export function part(resource: Resource, names: string): unknown {
  let value: unknown = resource.body;
  for (const name of names.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  return value;
}
