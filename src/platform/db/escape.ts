import pg from 'pg';

/** A text as a literal of SQL, for scripts, which take no parameters. */
export function escapeText(text: string): string {
  return pg.escapeLiteral(text);
}
