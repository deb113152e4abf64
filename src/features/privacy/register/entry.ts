/**
 * What becomes of the rows of a person who is erased: they are deleted, or some of their columns get a value that says
 * nothing of them, or they stay because they say nothing without the rest. The audit trail takes out its own details.
 */
export type Erasure = 'delete' | 'keep' | 'byTrail' | { set: Readonly<Record<string, string>> };

/**
 * What of a table a person is given in the export of their data. `none`: nothing, and why. Else all columns, in pages that
 * go on behind `by`.
 */
export type Exported =
  | { none: string }
  | {
      /** Columns that are unique together, and by an index where one person can have many rows. */
      by: readonly string[];
      /** Columns that are left out, each with why: secrets, and what is of others. */
      without?: Readonly<Record<string, string>>;
      /** SQL that stands in place of a column, where only a part of it is given; or beside them, as a title for an id. */
      as?: Readonly<Record<string, string>>;
      /** Conditions in place of `of`, each for an index of its own, which together find every row once. */
      walks?: readonly string[];
    };

/** A table with data of persons. `of`: SQL that tells whose a row is, as a condition with the person's id as `$person`. */
export type Entry = {
  table: string;
  of: string;
  purpose: string;
  /** Columns that say something of the person, each with what it says. */
  personal: Readonly<Record<string, string>>;
  /** All others: ids, numbers, states and times that say nothing without the rest. */
  other: readonly string[];
  erasure: Erasure;
  /** Where rows stay: personal columns that stay in them, each with why. Every other must be emptied; a test holds it. */
  stays?: Readonly<Record<string, string>>;
  exported: Exported;
  /** What else happens to it when the person is erased. */
  note?: string;
  /** How long it is kept while the account lives. */
  kept: string;
};

/** Why columns are left out of exports. */
export const because = {
  secret: 'a secret, or made of one',
  another: 'says something of another person',
  ofCourse: 'belongs to the course: who may take the quiz again must not read the answers',
  place: 'where the program keeps it',
  seal: 'of the chain that keeps the trail from being changed',
} as const;

/** Why personal columns stay. */
export const staysFor = {
  results: 'a result, of nobody who can be named',
  verifying: 'to verify it by its number',
  course: 'of the course, where a lesson uses it',
} as const;

/** `stays` of columns that stay for one reason. */
export function staying<const Name extends string>(why: string, ...columns: readonly Name[]) {
  return Object.fromEntries(columns.map((column) => [column, why])) as Record<Name, string>;
}

/** `kept` of what lives as long as the account. */
export const withAccount = 'as long as the account';
