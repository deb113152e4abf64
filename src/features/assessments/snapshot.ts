import { newId } from '#platform/ids.ts';
import type { Question } from './question.ts';
import { shuffleBySeed } from './shuffle.ts';

/** A question as an attempt keeps it, under an id of the attempt's own. `sourceId`: the quiz's question. */
export type SnapshotQuestion = Question & { sourceId: string };

/**
 * The questions of a quiz for one attempt. Where the quiz shuffles, questions and the options of each are put into
 * the order that the seed gives: authors tend to write the right option first.
 */
export function takeSnapshot(
  questions: readonly Question[],
  seed: string,
  isShuffled: boolean,
): SnapshotQuestion[] {
  const ordered = isShuffled ? shuffleBySeed(questions, seed) : questions;
  return ordered.map((question) => {
    const own = { ...question, id: newId(), sourceId: question.id };
    if (!isShuffled || !('options' in own)) return own;
    return { ...own, options: shuffleBySeed(own.options, `${seed}:${question.id}`) };
  });
}
