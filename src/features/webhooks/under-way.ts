import type { Deps } from '#platform/deps.ts';
import type { Attempted } from './commands/settle.ts';
import type { DueDelivery } from './queries/dispatch.ts';
import { openSecrets, sendDelivery } from './send.ts';
import { createWindows, type Windows } from './windows.ts';

/** Deliveries that this process is sending, and those that it sent and has not recorded. */
export type UnderWay = {
  windows: Windows;
  send: (deliveries: readonly DueDelivery[]) => void;
  /** Takes what has ended, in this order; `putBack` returns it where it could not be recorded. */
  takeEnded(): Attempted[];
  putBack(attempts: readonly Attempted[]): void;
  /** Waits for all, cuts off those that take longer, and returns the ids of these. */
  finish(graceMs: number): Promise<string[]>;
};

export function createUnderWay(deps: Deps): UnderWay {
  const windows = createWindows();
  const cutting = new AbortController();
  const sending = new Map<string, Promise<void>>();
  const ended: Attempted[] = [];
  const send = async (delivery: DueDelivery, secrets: readonly string[] | undefined): Promise<void> => {
    const { webhook_id: webhookId, delivery_id: id } = delivery;
    try {
      const attempted = await sendDelivery(deps, delivery, secrets, cutting.signal);
      windows.ended(webhookId, { isOk: attempted.error === null, durationMs: attempted.durationMs });
      ended.push(attempted);
    } catch (error) {
      // Cut off: it stays among those under way, and is given back.
      if (cutting.signal.aborted) return;
      deps.log.error({ err: error }, 'webhooks: a delivery could not be sent; it is tried again shortly');
      windows.ended(webhookId, { isOk: false, durationMs: 0 });
    }
    sending.delete(id);
    deps.deliveriesDue.wake();
  };
  return {
    windows,
    send(deliveries) {
      const secrets = openSecrets(deps, deliveries, deps.clock.now());
      for (const delivery of deliveries) {
        windows.started(delivery.webhook_id);
        sending.set(delivery.delivery_id, send(delivery, secrets.get(delivery.webhook_id)));
      }
    },
    takeEnded: () => ended.splice(0),
    putBack: (attempts) => void ended.unshift(...attempts),
    async finish(graceMs) {
      const timer = setTimeout(() => cutting.abort(new Error('The worker stops.')), graceMs);
      await Promise.all(sending.values());
      clearTimeout(timer);
      return [...sending.keys()];
    },
  };
}
