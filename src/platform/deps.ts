import type { Logger } from 'pino';
import type { Audit } from './audit/audit.ts';
import type { AccessTokens } from './auth/access-token.ts';
import type { GuessLimits } from './auth/guess-limits.ts';
import type { Passwords } from './auth/passwords.ts';
import type { SessionMemory } from './auth/session-memory.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config/config.ts';
import type { Encryption } from './crypto.ts';
import type { Db } from './db/database.ts';
import type { Events } from './events.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { FileStore } from './files/file-store.ts';
import type { FileTickets } from './files/file-ticket.ts';
import type { Scanner } from './files/scanner.ts';
import type { OutboundHttp } from './outbound-http/outbound-http.ts';
import type { MailTransport } from './mail/transport.ts';
import type { FontLibrary } from './pdf/fonts.ts';
import type { Signals } from './signals.ts';
import type { Traceparent, Tracer } from './trace/tracer.ts';
import type { Wake } from './wake.ts';

/** What commands, queries and jobs are given. Opened and closed in `app/deps.ts`. */
export type Deps = {
  config: Config;
  db: Db;
  files: FileStore;
  fileTickets: FileTickets;
  /** Null where CLAMD_URL names none. */
  scanner: Scanner | null;
  jobs: Jobs;
  events: Events;
  /** The trail of privileged and security-relevant acts; of a request's by `traced`. */
  audit: Audit;
  /** Requests to addresses that others gave us. */
  outbound: OutboundHttp;
  /** The same to providers of single sign-on. */
  identityProviders: OutboundHttp;
  /** Wakes what sends webhooks, where this process does. */
  deliveriesDue: Wake;
  accessTokens: AccessTokens;
  passwords: Passwords;
  sessions: SessionMemory;
  /** How often somebody may guess. */
  guesses: GuessLimits;
  /** Hints to other processes, after a commit. */
  signals: Signals;
  encryption: Encryption;
  mail: MailTransport;
  clock: Clock;
  log: Logger;
  /** Null without OTEL_EXPORTER_OTLP_ENDPOINT. */
  tracer: Tracer | null;
  /** Of what this work is part; see `trace/under.ts`. */
  trace: Traceparent | null;
  /** Fonts of documents, read at the first call: only jobs make documents. */
  fonts(): Promise<FontLibrary>;
};
