/**
 * What becomes of the rows of a person who is erased: they are deleted, or some of their columns get a value that says
 * nothing of them, or they stay because they say nothing without the rest. The audit trail takes out its own details.
 */
export type Erasure = 'delete' | 'keep' | 'byTrail' | { set: Readonly<Record<string, string>> };

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
  /** What else happens to it when the person is erased. */
  note?: string;
  /** How long it is kept while the account lives. */
  kept: string;
};

/** `kept` of what lives as long as the account. */
export const withAccount = 'as long as the account';
