import { invalid, type Reason } from '#platform/errors.ts';
import type { LessonPatch, LessonType } from '../schemas/outline.ts';
import { reasonOfUrl } from './course-input.ts';

const ruleOfType = {
  text: 'confirmed',
  video: 'watched',
  quiz: 'passed',
  file: 'confirmed',
} as const satisfies Record<LessonType, string>;

/** Throws 400 for fields that a lesson of this type does not have. */
export function checkLessonInput(type: LessonType, input: LessonPatch): void {
  const { completion, videoUrl } = input;
  const reasons: (Reason | undefined)[] = [
    videoUrl != null && type !== 'video'
      ? ofAnotherType('/videoUrl', type)
      : reasonOfUrl('/videoUrl', videoUrl),
    completion?.watchedPercent != null && type !== 'video'
      ? ofAnotherType('/completion/watchedPercent', type)
      : undefined,
    completion?.rule !== undefined && completion.rule !== ruleOfType[type]
      ? {
          path: '/completion/rule',
          code: 'rule_of_another_type',
          params: { type, rule: ruleOfType[type] },
          message: `A lesson of type ${type} has the rule ${ruleOfType[type]}.`,
        }
      : undefined,
  ];
  const found = reasons.filter((reason) => reason !== undefined);
  if (found.length > 0) throw invalid('The body is not valid.', found);
}

function ofAnotherType(path: string, type: LessonType): Reason {
  return {
    path,
    code: 'field_of_another_type',
    params: { type },
    message: `A lesson of type ${type} does not have it.`,
  };
}
