import path from 'node:path';
import { finding } from '../project.ts';
import type { Rule } from '../project.ts';

const KEBAB = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*$/;
/** Names that say nothing of what is inside, so that everything ends up in there. */
const EMPTY_NAMES = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'manager',
  'base',
  'data',
  'handle',
  'misc',
]);
/** Where we name files ourselves; elsewhere tools do. */
const OURS = /^(?:src|test|checks|bench|migrations)\//;

export const nameRules: readonly Rule[] = [
  {
    name: 'file-name-is-kebab-case',
    reason: 'One spelling, also on file systems that ignore case.',
    check: function* (project) {
      for (const file of project.files) {
        if (!OURS.test(file.path)) continue;
        const bad = file.path
          .split('/')
          .slice(1)
          .find((part) => !KEBAB.test(part) && !/^\d{4}_[a-z0-9_]+\.sql$/.test(part));
        if (bad !== undefined) yield finding(file, 0, `"${bad}" is not kebab-case`);
      }
    },
  },
  {
    name: 'file-name-says-something',
    reason: 'A file called utils takes in anything and tells nothing.',
    check: function* (project) {
      for (const file of project.files) {
        if (!OURS.test(file.path)) continue;
        const parts = file.path.split('/').map((part) => path.posix.parse(part).name.replace(/\.test$/, ''));
        const bad = parts.find((part) => EMPTY_NAMES.has(part));
        if (bad !== undefined) yield finding(file, 0, `"${bad}" does not say what is inside`);
      }
    },
  },
];
