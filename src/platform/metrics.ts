import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { problemCodes } from './errors.ts';
import type { JobMetrics } from './jobs/run-job.ts';

export type WebhookMetrics = { attempts: Counter<'outcome'>; seconds: Histogram };
export type HttpMetrics = {
  seconds: Histogram<'method' | 'route' | 'status'>;
  problems: Counter<'code'>;
  /** Access tokens and tickets that were refused. */
  credentialsRefused: Counter<'code'>;
  rateLimitRefusals: Counter<'budget'>;
};
export type MailMetrics = { attempts: Counter<'outcome'>; seconds: Histogram };

export type Metrics = {
  registry: Registry;
  http: HttpMetrics;
  jobs: JobMetrics;
  scans: Counter<'outcome'>;
  webhooks: WebhookMetrics;
  mails: MailMetrics;
  events: Counter<'type'>;
};

// Seconds. From a cached read to a request that waits for its database's timeout.
const buckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];

/**
 * The figures of one process. What is counted in the database is gathered when it is scraped. Counters whose labels are
 * known begin with 0: a first failure that begins with 1 would not be an increase.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const makers = makersIn(registry);
  return {
    registry,
    http: createHttpMetrics(makers),
    scans: makers.counter(
      'lms_file_scans_total',
      'outcome',
      ['clean', 'infected', 'failed'],
      'Uploads that the virus scanner was asked about, by outcome: clean, infected, failed.',
    ),
    jobs: {
      runs: new Counter({
        name: 'lms_job_runs_total',
        help: 'Tries of jobs that ended here, by outcome: completed, retried, failed.',
        labelNames: ['queue', 'job_name', 'outcome'],
        registers: [registry],
      }),
      seconds: makers.histogram(
        'lms_job_duration_seconds',
        ['queue', 'job_name'],
        'Time that one try of a job took.',
      ),
    },
    ...createDeliveryMetrics(makers),
    events: makers.counter(
      'lms_events_published_total',
      'type',
      [],
      'Events that this process published; those of a transaction that was rolled back are counted, too.',
    ),
  };
}

type Makers = ReturnType<typeof makersIn>;

function makersIn(registry: Registry) {
  const registers = [registry];
  return {
    counter: <Label extends string>(
      name: string,
      label: Label,
      values: readonly string[],
      help: string,
    ): Counter<Label> => {
      const made = new Counter<string>({ name, help, labelNames: [label], registers });
      for (const value of values) made.inc({ [label]: value }, 0);
      return made;
    },
    histogram: <Label extends string>(name: string, labelNames: Label[], help: string) =>
      new Histogram<Label>({ name, help, labelNames, buckets, registers }),
  };
}

function createHttpMetrics({ counter, histogram }: Makers): HttpMetrics {
  return {
    seconds: histogram(
      'http_request_duration_seconds',
      ['method', 'route', 'status'],
      'Time from the first byte of a request to the last of its answer.',
    ),
    problems: counter(
      'lms_http_problems_total',
      'code',
      problemCodes,
      'Requests that were refused or failed, by the code of the problem.',
    ),
    credentialsRefused: counter(
      'lms_credentials_refused_total',
      'code',
      ['unauthenticated', 'token_expired'],
      'Access tokens and tickets that were refused.',
    ),
    rateLimitRefusals: counter(
      'lms_rate_limit_refusals_total',
      'budget',
      [],
      'Requests that were refused because a budget was spent.',
    ),
  };
}

function createDeliveryMetrics({ counter, histogram }: Makers): Pick<Metrics, 'webhooks' | 'mails'> {
  return {
    webhooks: {
      attempts: counter(
        'lms_webhook_attempts_total',
        'outcome',
        ['delivered', 'failed', 'dead'],
        'Attempts to send an event to an endpoint, by outcome: delivered, failed (tried again), dead.',
      ),
      seconds: histogram(
        'lms_webhook_attempt_duration_seconds',
        [],
        'Time that one attempt to send an event took.',
      ),
    },
    mails: {
      attempts: counter(
        'lms_mail_attempts_total',
        'outcome',
        ['sent', 'temporary', 'undeliverable', 'refused', 'unanswered'],
        'Attempts to hand a mail to the mail server, by what became of it.',
      ),
      seconds: histogram(
        'lms_mail_attempt_duration_seconds',
        [],
        'Time that one attempt to hand over a mail took.',
      ),
    },
  };
}

/** One row of a figure that is gathered at the scrape. */
export type Sample = { labels?: Record<string, string>; value: number };

/**
 * A figure read when it is scraped; `read` must be cheap, for every scrape of every process asks. Without samples the
 * figure is absent.
 */
export function addGauge(
  metrics: Metrics,
  name: string,
  help: string,
  labelNames: string[],
  read: () => Promise<Sample[]>,
): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [metrics.registry],
    collect: () => gather(gauge, labelNames, read, ({ labels = {}, value }) => gauge.set(labels, value)),
  });
}

/** The same for what the database counts by itself: it rises, and begins anew where its statistics do. */
export function addCounter(
  metrics: Metrics,
  name: string,
  help: string,
  labelNames: string[],
  read: () => Promise<Sample[]>,
): void {
  const counter: Counter = new Counter({
    name,
    help,
    labelNames,
    registers: [metrics.registry],
    collect: () => gather(counter, labelNames, read, ({ labels = {}, value }) => counter.inc(labels, value)),
  });
}

/** Puts what is read in place of what was told at the last scrape. */
async function gather(
  figure: Gauge | Counter,
  labelNames: readonly string[],
  read: () => Promise<Sample[]>,
  tell: (sample: Sample) => void,
): Promise<void> {
  const samples = await read();
  figure.reset();
  // Without labels, a reset leaves a 0 that nobody measured.
  if (labelNames.length === 0) figure.remove();
  for (const sample of samples) tell(sample);
}
