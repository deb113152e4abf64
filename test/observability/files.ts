import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../..');
export const deployFolder = path.join(root, 'deploy');
export const runbooksFolder = path.join(root, 'docs/runbooks');

export type Alert = { name: string; expr: string; severity: string; summary: string; runbook: string };
export type Panel = { dashboard: string; title: string; exprs: string[] };

type Dashboard = {
  uid: string;
  title: string;
  panels: {
    title: string;
    datasource: { type: string; uid: string };
    targets: { refId: string; expr: string }[];
  }[];
};

/** The rules as they are written in our files: one layout, read line by line. */
export function readAlerts(): Alert[] {
  return filesIn('prometheus/alerts', '.yml').flatMap(({ text }) =>
    itemsOf(text, 'alert').map(({ name, expr, block }) => ({
      name,
      expr,
      severity: /severity: (\w+)/.exec(block)?.[1] ?? '',
      summary: /summary: ['"](.+)['"]/.exec(block)?.[1] ?? '',
      runbook: /runbook: (\S+)/.exec(block)?.[1] ?? '',
    })),
  );
}

export function readRecordings(): { name: string; expr: string }[] {
  return filesIn('prometheus/rules', '.yml').flatMap(({ text }) => itemsOf(text, 'record'));
}

export function readDashboards(): Dashboard[] {
  return filesIn('grafana/dashboards', '.json').map(({ text }) => JSON.parse(text) as Dashboard);
}

export function readPanels(): Panel[] {
  return readDashboards().flatMap(({ title: dashboard, panels }) =>
    panels.map(({ title, targets }) => ({ dashboard, title, exprs: targets.map(({ expr }) => expr) })),
  );
}

/** By the alert's name: how many cases of the unit tests say that it fires, and that it does not. */
export function readAlertCases(): Map<string, { fires: number; quiet: number }> {
  const cases = new Map<string, { fires: number; quiet: number }>();
  for (const { text } of filesIn('prometheus/tests', '.yml')) {
    for (const [, name = '', samples = ''] of text.matchAll(
      /alertname="(\w+)",alertstate="firing"\}\)\n\s+eval_time: \w+\n\s+exp_samples:(.*(?:\n\s+- \{.*)?)/g,
    )) {
      const counted = cases.get(name) ?? { fires: 0, quiet: 0 };
      counted[samples.includes('[]') ? 'quiet' : 'fires'] += 1;
      cases.set(name, counted);
    }
  }
  return cases;
}

/** Names of metrics in a PromQL expression: what is left without texts, labels and the language's own words. */
export function metricsIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\b(?:and|or|unless|bool|offset)\b/g, ' ')
    .replaceAll(/\b[a-z_]\w*\s*\(/g, '(');
  return [...new Set(bare.match(/(?<![\w.])[a-zA-Z_:][\w:]*/g))];
}

/** The commands of runbooks that ask the database, as SQL. */
export function readRunbookStatements(): { runbook: string; sql: string }[] {
  return readdirSync(runbooksFolder).flatMap((runbook) => {
    const [, commands = ''] = /```sh\n([^]*?)```/.exec(readRunbook(runbook)) ?? [];
    return [...commands.matchAll(/^sql (["'])(.*)\1$/gm)].map(([, , sql = '']) => ({ runbook, sql }));
  });
}

export function readRunbook(file: string): string {
  return readFileSync(path.join(runbooksFolder, file), 'utf8');
}

function filesIn(folder: string, ending: string): { name: string; text: string }[] {
  const found = readdirSync(path.join(deployFolder, folder)).filter((name) => name.endsWith(ending));
  return found.map((name) => ({ name, text: readFileSync(path.join(deployFolder, folder, name), 'utf8') }));
}

function itemsOf(text: string, kind: 'alert' | 'record'): { name: string; expr: string; block: string }[] {
  const [, ...blocks] = text.split(new RegExp(`^ {6}- ${kind}: `, 'm'));
  return blocks.map((block) => {
    const [name = ''] = block.split('\n');
    const expr = /expr: (?:\|\n((?: {10}.*\n?)+)|(.+))/.exec(block);
    return { name, expr: (expr?.[1] ?? expr?.[2] ?? '').replaceAll(/^ {10}/gm, '').trim(), block };
  });
}
