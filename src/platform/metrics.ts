import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { JobMetrics } from './jobs/run-job.ts';

export type WebhookMetrics = { attempts: Counter<'outcome'>; seconds: Histogram };

export type Metrics = {
  registry: Registry;
  httpSeconds: Histogram<'method' | 'route' | 'status'>;
  jobs: JobMetrics;
  scans: Counter<'outcome'>;
  webhooks: WebhookMetrics;
};

// Seconds. From a cached read to a request that waits for its database's timeout.
const buckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];

/** The figures of one process. What is counted in the database is gathered when it is scraped. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    httpSeconds: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets,
      registers,
    }),
    scans: new Counter({
      name: 'lms_file_scans_total',
      help: 'Uploads that the virus scanner was asked about, by outcome: clean, infected, failed.',
      labelNames: ['outcome'],
      registers,
    }),
    jobs: {
      runs: new Counter({
        name: 'lms_job_runs_total',
        help: 'Tries of jobs that ended here, by outcome: completed, retried, failed.',
        labelNames: ['queue', 'job', 'outcome'],
        registers,
      }),
      seconds: new Histogram({
        name: 'lms_job_duration_seconds',
        help: 'Time that one try of a job took.',
        labelNames: ['queue', 'job'],
        buckets,
        registers,
      }),
    },
    webhooks: {
      attempts: new Counter({
        name: 'lms_webhook_attempts_total',
        help: 'Attempts to send an event to an endpoint, by outcome: delivered, failed (tried again), dead.',
        labelNames: ['outcome'],
        registers,
      }),
      seconds: new Histogram({
        name: 'lms_webhook_attempt_duration_seconds',
        help: 'Time that one attempt to send an event took.',
        buckets,
        registers,
      }),
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
    async collect() {
      const samples = await read();
      gauge.reset();
      // Without labels, a reset leaves a 0 that nobody measured.
      if (labelNames.length === 0) gauge.remove();
      for (const { labels = {}, value } of samples) gauge.set(labels, value);
    },
  });
}
