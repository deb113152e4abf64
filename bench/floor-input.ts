/** What the floor is told to do. */
export type FloorInput = {
  databaseUrl: string;
  poolSize: number;
  /** By case. Values are those of the first learner: strings, numbers, null, lists, `{ bytes: length }`, `{ fresh: id }`. */
  statements: Record<string, { text: string; values: unknown[] }[]>;
  /** What stands for each learner in the values, in the same order for all. */
  learners: string[][];
  /** Checked in the case `login`. */
  password: string;
};
