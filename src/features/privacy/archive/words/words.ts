/** What the archive says of itself, in one language. */
export type ArchiveWords = {
  heading(project: string): string;
  /** `at`: a day and time, in the language. */
  madeAt(at: string): string;
  /** What is where, by the names that stand in the archive. */
  places: { data: string; files: string; certificates: string; about: string };
  /** Before the list of what is not there. */
  leftOutHeading: string;
  leftOut: readonly string[];
  times: string;
  care: string;
};
