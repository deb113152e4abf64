import type { Logger } from 'pino';
import type { AccessTokens } from './auth/access-token.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config/config.ts';
import type { Encryption } from './crypto.ts';
import type { Db } from './db/database.ts';
import type { Events } from './events.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { MailTransport } from './mail/transport.ts';
import type { FontLibrary } from './pdf/fonts.ts';

/** What commands, queries and jobs are given. Opened and closed in `app/deps.ts`. */
export type Deps = {
  config: Config;
  db: Db;
  jobs: Jobs;
  events: Events;
  accessTokens: AccessTokens;
  encryption: Encryption;
  mail: MailTransport;
  clock: Clock;
  log: Logger;
  /** Fonts of documents, read at the first call: only jobs make documents. */
  fonts(): Promise<FontLibrary>;
};
