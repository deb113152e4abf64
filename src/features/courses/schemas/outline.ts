import { Type, type Static } from 'typebox';
import { id, integer, named, nullable, object, oneLine, oneOf, text, time } from '#platform/http/schema.ts';
import { attachmentSchema } from '#platform/files/schemas.ts';
import { httpsUrl } from './course.ts';

export const maxSections = 200;
export const maxLessons = 2_000;
export const lessonTypes = ['text', 'video', 'quiz', 'file'] as const;
const completionRules = ['confirmed', 'watched', 'passed'] as const;

const title = oneLine(1, 300);
const content = text(0, 200_000, { description: 'Markdown.' });
const durationSeconds = integer(1, 360_000);
const completion = named(
  'LessonCompletion',
  object(
    {
      rule: oneOf(completionRules),
      watchedPercent: Type.Optional(integer(1, 100, { description: 'Of rule `watched`; 90 unless set.' })),
    },
    { description: 'Follows from the type: text and file `confirmed`, video `watched`, quiz `passed`.' },
  ),
);

const lessonFields = {
  id,
  title: Type.String(),
  type: oneOf(lessonTypes),
  durationSeconds: nullable(durationSeconds),
  isPreview: Type.Boolean({ description: 'Anyone may read it while the course is published.' }),
  isRequired: Type.Boolean({ description: 'Whether the course is complete only with it.' }),
  isReady: Type.Boolean({ description: 'Whether it has all that its type needs; others see it only then.' }),
  completion,
};
export const outlineSchema = named(
  'Outline',
  object({
    sections: Type.Array(
      named(
        'OutlineSection',
        object({
          id,
          title: Type.String(),
          lessons: Type.Array(named('OutlineLesson', object(lessonFields))),
        }),
      ),
    ),
  }),
);
export const outlineBody = named(
  'OutlineOrder',
  object({
    sections: Type.Array(object({ id, lessonIds: Type.Array(id, { maxItems: maxLessons }) }), {
      maxItems: maxSections,
    }),
  }),
);

export const sectionSchema = named(
  'Section',
  object({ id, courseId: id, title: Type.String(), createdAt: time, updatedAt: time }),
);
export const newSectionBody = named('NewSection', object({ title }));
export const sectionPatch = named('SectionPatch', object({ title: Type.Optional(title) }));

export const lessonSchema = named(
  'Lesson',
  object({
    ...lessonFields,
    courseId: id,
    sectionId: id,
    content: Type.String({ description: 'Markdown, as written.' }),
    contentHtml: Type.String({ description: 'The content as sanitised HTML.' }),
    videoUrl: nullable(Type.String()),
    attachments: Type.Array(attachmentSchema),
    createdAt: time,
    updatedAt: time,
  }),
);
// A merge patch reaches into objects: what it leaves out stays.
const completionPatch = named(
  'LessonCompletionPatch',
  object({
    rule: Type.Optional(oneOf(completionRules)),
    watchedPercent: Type.Optional(
      nullable(integer(1, 100, { description: 'Of rule `watched`; null sets it back to 90.' })),
    ),
  }),
);
const authoredFields = {
  content: Type.Optional(nullable(content)),
  videoUrl: Type.Optional(nullable(httpsUrl)),
  durationSeconds: Type.Optional(nullable(durationSeconds)),
  isPreview: Type.Optional(Type.Boolean()),
  isRequired: Type.Optional(Type.Boolean()),
};
export const newLessonBody = named(
  'NewLesson',
  object({
    title,
    type: oneOf(lessonTypes),
    ...authoredFields,
    completion: Type.Optional(completion),
  }),
);
export const lessonPatch = named(
  'LessonPatch',
  object({
    title: Type.Optional(title),
    ...authoredFields,
    completion: Type.Optional(completionPatch),
  }),
);

export type OutlineInput = Static<typeof outlineBody>;
export type NewLessonInput = Static<typeof newLessonBody>;
export type LessonPatch = Static<typeof lessonPatch>;
export type LessonType = (typeof lessonTypes)[number];
