import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { migrate } from '#platform/db/migrate.ts';
import { envExamples, renderEnvExample } from '#platform/config/env-examples.ts';
import { renderSettingsTable } from '#platform/config/settings-table.ts';
import { renderPrivacyPage } from './privacy-page.ts';
import { renderAccessPage, type DocumentedPermissions } from './access-page.ts';
import type { Workbench } from './workbench.ts';

/** A committed file that is made from the code: `npm run generate` writes it, `npm run check` compares it. */
export type Artefact = { readonly path: string; readonly render: (bench: Workbench) => Promise<string> };

export const GENERATED: readonly Artefact[] = [
  { path: 'openapi.json', render: (bench) => bench.run('node', ['src/main.ts', 'openapi']) },
  { path: 'src/platform/db/tables.ts', render: renderTables },
  { path: 'docs/settings.md', render: async () => Promise.resolve(renderSettingsTable()) },
  { path: 'docs/privacy.md', render: async () => Promise.resolve(renderPrivacyPage()) },
  { path: 'docs/access-table.md', render: renderAccess },
  ...Object.entries(envExamples).map(([path, environment]) => ({
    path,
    render: async () => Promise.resolve(renderEnvExample(environment)),
  })),
];

async function renderAccess(bench: Workbench): Promise<string> {
  return renderAccessPage(
    JSON.parse(await bench.run('node', ['src/main.ts', 'openapi'])) as DocumentedPermissions,
  );
}

/** The types of a database that the migrations made; settings are in `.kysely-codegenrc.json`. */
async function renderTables(bench: Workbench): Promise<string> {
  const url = await bench.newDatabase();
  await migrate(url);
  const file = path.join(await bench.newFolder(), 'tables.ts');
  await bench.run('kysely-codegen', [
    '--config-file',
    '.kysely-codegenrc.json',
    '--url',
    url,
    '--out-file',
    file,
  ]);
  return readFile(file, 'utf8');
}
