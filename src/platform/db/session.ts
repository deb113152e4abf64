import pg from 'pg';

/** One connection of one's own, for what lasts longer than a statement: a lock, a snapshot. */
export type Session = {
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Aborted where the connection breaks. */
  lost: AbortSignal;
  close(): Promise<void>;
};

export async function openSession(databaseUrl: string, applicationName: string): Promise<Session> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    statement_timeout: 0,
    idle_in_transaction_session_timeout: 0,
  });
  const lost = new AbortController();
  let isClosing = false;
  const onLost = (error?: Error) => {
    if (!isClosing) lost.abort(error ?? new Error('The connection to the database broke.'));
  };
  client.on('error', onLost);
  client.on('end', () => onLost());
  await client.connect();
  return {
    async query<Row>(text: string, values: readonly unknown[] = []) {
      return (await client.query(text, [...values])).rows as Row[];
    },
    lost: lost.signal,
    async close() {
      isClosing = true;
      await client.end().catch(() => {});
    },
  };
}
