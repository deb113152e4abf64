export type StatementNames = {
  /** The name under which a text is to be prepared, or undefined where it is better sent as it is. */
  nameOf(text: string): string | undefined;
  /** From now on the text is prepared anew. */
  forget(text: string): void;
};

const mostNames = 300;
const mostSeen = 2_000;
// What is seen more often than this is not one of the many shapes of a list.
const usesBefore = 2;

/**
 * Names for statements that come again and again, which PostgreSQL then parses once a connection, and plans once
 * where one plan serves all. Texts are many where they hold lists of varying length, and a connection keeps every
 * name for as long as it lives: so a text is named at its third use, and only the first 300 are.
 */
export function createStatementNames(): StatementNames {
  const names = new Map<string, string>();
  const seen = new Map<string, number>();
  let made = 0;
  return {
    nameOf(text) {
      const known = names.get(text);
      if (known !== undefined || names.size >= mostNames) return known;
      const uses = seen.get(text) ?? 0;
      if (uses < usesBefore || !isPreparable(text)) {
        if (seen.size >= mostSeen) seen.clear();
        seen.set(text, uses + 1);
        return undefined;
      }
      seen.delete(text);
      made += 1;
      const name = `lms_${made}`;
      names.set(text, name);
      return name;
    },
    forget: (text) => void names.delete(text),
  };
}

// One statement alone, of the kinds that have plans.
function isPreparable(text: string): boolean {
  return /^\s*(?:select|insert|update|delete|with)\b[^;]*;?\s*$/i.test(text);
}

/**
 * Whether a prepared statement outlived a migration that changed what it answers. It did nothing, and succeeds when it
 * is prepared anew.
 */
export function isStalePlan(error: unknown): boolean {
  const { code, routine } = (error ?? {}) as { code?: unknown; routine?: unknown };
  return code === '0A000' && routine === 'RevalidateCachedQuery';
}
