import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until it is true; throws with `what` after `timeoutMs`. */
export async function waitFor(
  what: string,
  isTrue: () => Promise<boolean> | boolean,
  timeoutMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}.`);
    await sleep(20);
  }
}
