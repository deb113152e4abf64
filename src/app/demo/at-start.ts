import { allowsDemoData } from '#platform/config/config.ts';
import type { OpenDeps } from '#app/deps.ts';
import { isEmpty } from './queries.ts';

/**
 * Loads the demo academy where it may be and nobody is there yet; needs the job engine started, for loading adds
 * jobs. `write` tells the person who waits. Aborted by `signal`, it leaves nothing.
 */
export async function loadAtStart(
  { deps }: OpenDeps,
  signal: AbortSignal,
  write: (text: string) => void,
): Promise<void> {
  if (!allowsDemoData(deps.config) || !(await isEmpty(deps.db))) return;
  write('Loading the demo academy …\n');
  // Its texts are needed only now, once in the life of a database.
  const { loadDemoAcademy } = await import('./load.ts');
  await loadDemoAcademy(deps, { onStep: () => signal.throwIfAborted() });
}
