import { ofAccount } from './register/account.ts';
import { ofBelonging } from './register/belonging.ts';
import type { Entry } from './register/entry.ts';
import { ofFactors } from './register/factors.ts';
import { ofLearning } from './register/learning.ts';
import { ofSignIn } from './register/sign-in.ts';
import { ofSso } from './register/sso.ts';

/**
 * The register of personal data: every table that has any, in the order in which a person is erased. A test holds it
 * against the database, so that a column that is added must be thought of here. Erasure and docs/privacy.md are made
 * from it.
 */
export const register: readonly Entry[] = [
  ...ofSignIn,
  ...ofSso,
  ...ofFactors,
  ...ofBelonging,
  ...ofLearning,
  ...ofAccount,
];

/** Tables without data of persons, or with ids alone that lead nowhere once the person is erased; each with why. */
export const impersonal: Readonly<Record<string, string>> = {
  audit_chain: 'the end of the chain of the audit trail',
  audit_checkpoint: 'where the chain begins',
  audit_seal: 'hashes',
  audit_told_head: 'hashes',
  audit_unsealed: 'ids of entries',
  backup_run: 'runs of backups',
  course: 'courses: what institutions publish',
  course_slug: 'addresses of courses',
  course_statistics: 'counts',
  csv_import_run: 'counts of imports',
  custom_role: 'names of roles',
  event: 'facts by ids, numbers, codes and times; never names, addresses or free text',
  figure_cache: 'counts',
  lesson: 'lessons',
  lesson_attachment: 'files of lessons',
  lesson_file: 'files of lessons',
  mfa_required_role: 'of which custom roles a second factor is wanted',
  picture: 'ids of pictures',
  progress_check: 'counts, and ids of enrollments whose progress was mended',
  question: 'questions',
  quiz: 'quizzes',
  sso_assertion: 'hashes of what providers sent',
  sso_logout_token: 'hashes of what providers sent',
  sso_provider: 'providers that one can sign in by',
  scim_connection: 'directories that bring people, by SCIM',
  sso_transaction:
    'hashes, where a browser is led back to, and encrypted, until it comes or the next hour, what a provider of SAML said; of nobody who is known',
  schema_migration: 'migrations',
  section: 'sections',
  sign_in_policy: 'of which roles a second factor is wanted',
  spent_challenge: 'hashes',
  user_group: 'names of groups',
  user_group_role: 'roles of groups',
  webhook: 'endpoints; who made one, by id',
  webhook_delivery: 'what was sent, by ids, and what the endpoint answered',
};
