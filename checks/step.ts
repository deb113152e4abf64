import type { Workbench } from './workbench.ts';

/**
 * One line of `npm run check`. `run` throws what is wrong, in words for a person, or a `Skip`; it returns a note or
 * nothing.
 */
export type Step = { readonly name: string; readonly run: (bench: Workbench) => Promise<string | undefined> };

/** Thrown by a step that cannot be done on this machine; the message says what is missing and how to get it. */
export class Skip extends Error {
  override readonly name = 'Skip';
  /** Whether the step may be left out in CI, too. */
  readonly allowedInCi: boolean;

  constructor(reason: string, { allowedInCi = false } = {}) {
    super(reason);
    this.allowedInCi = allowedInCi;
  }
}
