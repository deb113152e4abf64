import type { Deps } from '#platform/deps.ts';
import { addGauge, type Metrics, type Sample } from '#platform/metrics.ts';
import { readHead } from './head-text.ts';
import { readChainState } from './queries/chain.ts';

const keptMs = 5_000;

type ChainState = Awaited<ReturnType<typeof readChainState>>;

/**
 * What the database knows of the chain of the audit trail, read at the scrape; absent while it is away. Whoever keeps the
 * figures keeps the position, and once a day the hash, outside of the database. Alike for all: take the maximum.
 */
export function addAuditFigures(
  metrics: Metrics,
  { db, clock, log }: Pick<Deps, 'db' | 'clock' | 'log'>,
): void {
  let taken: { at: number; state: Promise<ChainState | null> } | undefined;
  const read = () => {
    const now = performance.now();
    // The gauges of one scrape are read one after the other.
    if (!taken || now - taken.at > keptMs) {
      const state = readChainState(db).catch((error: unknown) => {
        log.debug({ err: error }, 'metrics: the figures of the audit trail are absent');
        return null;
      });
      taken = { at: now, state };
    }
    return taken.state;
  };
  const add = (name: string, help: string, labels: string[], samplesOf: (state: ChainState) => Sample[]) =>
    addGauge(metrics, name, help, labels, async () => {
      const state = await read();
      return state ? samplesOf(state) : [];
    });
  add(
    'lms_audit_unsealed_age_seconds',
    'Age of the oldest entry of the audit trail that is not sealed; 0 where there is none.',
    [],
    ({ oldestUnsealedAt: at }) => [
      { value: at === null ? 0 : Math.max(0, (clock.now().getTime() - at.getTime()) / 1_000) },
    ],
  );
  add('lms_audit_position', 'How many entries of the audit trail were ever sealed.', [], ({ position }) => [
    { value: position },
  ]);
  add(
    'lms_audit_told_head',
    'The end of the chain as it was last told, once a day: its position, and its hash as a label.',
    ['hash'],
    ({ told }) => {
      const head = told === null ? undefined : readHead(told);
      return head ? [{ labels: { hash: head.hash.toString('hex') }, value: head.position }] : [];
    },
  );
}
