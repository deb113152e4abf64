import type { Finding, Project, Rule } from './project.ts';
import { boundaryRules } from './rules/boundaries.ts';
import { builderRules } from './rules/builders.ts';
import { nameRules } from './rules/names.ts';
import { placementRules } from './rules/placement.ts';
import { securityPageRules } from './rules/security-pages.ts';
import { stateRules } from './rules/state.ts';
import { textRules } from './rules/texts.ts';

/**
 * All rules of our own. Import cycles, sizes and whatever else a linter knows are in `.oxlintrc.json`; that a
 * route declares who may call it is checked at boot.
 */
export const RULES: readonly Rule[] = [
  ...boundaryRules,
  ...placementRules,
  ...stateRules,
  ...builderRules,
  ...nameRules,
  ...textRules,
  ...securityPageRules,
];

/** Everything in the project that breaks a rule, in the order of files and lines. */
export function checkRules(project: Project): (Finding & { rule: string; reason: string })[] {
  return RULES.flatMap((rule) =>
    [...rule.check(project)].map((found) => ({ ...found, rule: rule.name, reason: rule.reason })),
  ).toSorted((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}
