import { importsOf } from '../imports.ts';
import type { Import } from '../imports.ts';
import { finding, isTestFile } from '../project.ts';
import type { Finding, Project, Rule, SourceFile } from '../project.ts';

/**
 * The features in dependency order: each may use those above it, never those below. A new feature is added to
 * this list before its first file; where it stands says what it may build on.
 */
const FEATURES: readonly string[] = [
  'identity',
  'roles',
  'sso',
  'scim',
  'tasks',
  'courses',
  'enrollments',
  'progress',
  'assessments',
  'files',
  'imports',
  'certificates',
  'webhooks',
  'notifications',
  'mail',
  'privacy',
  'backups',
  'audit',
  // Those that look at everything stand last: nothing may depend on them.
  'demo',
  'admin',
  'operation',
];

/** The faces that a feature shows to those below it: `commands.ts` or a file in `commands/`, and so on. */
const OPEN_TO_OTHERS = new Set(['commands', 'jobs', 'events', 'policy']);

export const boundaryRules: readonly Rule[] = [
  {
    name: 'platform-imports-no-feature',
    reason: 'The platform knows no feature and no app/: it is what they stand on.',
    check: eachImport(
      (file) => file.path.startsWith('src/platform/') && !file.isTest,
      (target) => /^src\/(?:features|app)\//.test(target) || target === 'src/main.ts',
      (target) => `platform/ imports ${target}; hand it in as an argument from app/ instead`,
    ),
  },
  {
    name: 'only-main-imports-app',
    reason: 'app/ puts the program together; what it puts together must not know it.',
    check: eachImport(
      (file) =>
        file.path.startsWith('src/') &&
        !file.isTest &&
        !file.path.startsWith('src/app/') &&
        file.path !== 'src/main.ts',
      (target) => target.startsWith('src/app/') || target === 'src/main.ts',
      (target) => `only main.ts and tests import ${target}`,
    ),
  },
  {
    name: 'program-imports-no-test',
    reason: 'The image carries no tests and no checks, so the program cannot need them.',
    check: eachImport(
      (file) => file.path.startsWith('src/') && !file.isTest,
      (target) => !target.startsWith('src/') || isTestFile(target),
      (target) => `the program imports ${target}, which stands outside of it`,
    ),
  },
  {
    name: 'feature-imports-upward-only',
    reason: 'A feature uses commands, jobs, events and policy of features above it; downward goes by event.',
    check: checkFeatures,
  },
  {
    name: 'feature-is-listed',
    reason: 'A feature that is not in the order of checks/rules/boundaries.ts would be bound by nothing.',
    check: function* (project) {
      const seen = new Set<string>();
      for (const file of project.files) {
        const name = featureOf(file.path);
        if (name === undefined || seen.has(name)) continue;
        seen.add(name);
        if (!FEATURES.includes(name))
          yield finding(file, 0, `the feature "${name}" has no place in the order`);
      }
    },
  },
];

function* checkFeatures(project: Project): Iterable<Finding> {
  for (const file of project.files) {
    const own = featureOf(file.path);
    if (own === undefined || file.isTest) continue;
    for (const used of importsOf(file)) {
      const message = wrongImport(own, used);
      if (message !== undefined) yield finding(file, used.offset, message);
    }
  }
}

function wrongImport(own: string, used: Import): string | undefined {
  const other = used.target === undefined ? undefined : featureOf(used.target);
  if (used.target === undefined || other === undefined || other === own) return undefined;
  if (FEATURES.indexOf(other) > FEATURES.indexOf(own)) {
    return `${own} stands above ${other} and cannot use it; publish an event to which ${other} reacts`;
  }
  const face = used.target.split('/')[3]?.replace(/\.ts$/, '') ?? '';
  if (OPEN_TO_OTHERS.has(face)) return undefined;
  return `${own} may use commands, jobs, events and policy of ${other}, not its ${face}`;
}

function featureOf(path: string): string | undefined {
  return /^src\/features\/([^/]+)\//.exec(path)?.[1];
}

function eachImport(
  applies: (file: SourceFile) => boolean,
  isWrong: (target: string) => boolean,
  message: (target: string) => string,
): Rule['check'] {
  return function* (project) {
    for (const file of project.files.filter(applies)) {
      for (const { target, offset } of importsOf(file)) {
        if (target !== undefined && isWrong(target)) yield finding(file, offset, message(target));
      }
    }
  };
}
