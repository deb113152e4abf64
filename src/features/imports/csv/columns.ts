/** What a kind of import takes from a file: its columns, and which of them must be there. */
export type Columns = { known: readonly string[]; required: readonly string[] };

export const columnsOf = {
  people: {
    known: ['email', 'name', 'role', 'locale', 'timeZone', 'groups', 'invite'],
    required: ['email', 'name'],
  },
  enrollments: { known: ['email', 'course'], required: ['email', 'course'] },
} as const satisfies Record<string, Columns>;

export type ImportKind = keyof typeof columnsOf;
