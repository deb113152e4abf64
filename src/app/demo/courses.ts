import { addQuestion } from '#features/assessments/commands/add-question.ts';
import { saveQuiz } from '#features/assessments/commands/save-quiz.ts';
import { findQuizOfLesson } from '#features/assessments/queries/quizzes.ts';
import { addLesson } from '#features/courses/commands/add-lesson.ts';
import { setCourseArchived } from '#features/courses/commands/archive-course.ts';
import { createCourse } from '#features/courses/commands/create-course.ts';
import { publishCourse } from '#features/courses/commands/publish-course.ts';
import { addSection } from '#features/courses/commands/sections.ts';
import { setCourseStaff } from '#features/courses/commands/set-course-staff.ts';
import type { NewLessonInput } from '#features/courses/schemas/outline.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { DemoCourse, DemoLesson, DemoQuiz } from './content/types.ts';
import { lessonsOf } from './content/stages.ts';
import { hours, type Step } from './timeline.ts';
import { made, type MadeCourse, type MadeLesson, type World } from './world.ts';

/** A course is begun, written lesson by lesson, published, archived, as far as it came. */
export function authoring(world: World, course: DemoCourse): Step[] {
  const { deps, calendar } = world;
  const { createdDaysAgo, publishedDaysAgo, archivedDaysAgo } = course;
  const owner = () => made(world.people, course.owner);
  const id = () => made(world.courses, course.key).id;
  const createdAt = calendar(createdDaysAgo, hours.create, course.key);
  const steps: Step[] = [
    { at: createdAt, run: () => begin(world, course) },
    ...writing(world, course, createdAt, writtenAt(world, course, createdAt)),
  ];
  if (publishedDaysAgo !== undefined) {
    steps.push({
      at: calendar(publishedDaysAgo, hours.publish, course.key),
      run: async () => void (await publishCourse(deps, owner(), id(), null)),
    });
  }
  if (archivedDaysAgo !== undefined) {
    steps.push({
      at: calendar(archivedDaysAgo, hours.archive, course.key),
      run: () => setCourseArchived(deps, owner(), id(), true, null),
    });
  }
  return steps;
}

async function begin({ deps, people, courses }: World, course: DemoCourse): Promise<void> {
  const owner = made(people, course.owner);
  const { id: courseId } = await createCourse(deps, owner, course.body);
  courses.set(course.key, { id: courseId, lessons: new Map() });
  for (const email of course.coInstructors ?? []) {
    await setCourseStaff(deps, owner, { courseId, userId: made(people, email).userId, role: 'coInstructor' });
  }
}

/** When the last lesson is written: before the publication, or within hours for a draft. */
function writtenAt({ calendar }: World, course: DemoCourse, createdAt: Date): Date {
  const { publishedDaysAgo } = course;
  if (publishedDaysAgo === undefined) return new Date(createdAt.getTime() + 4 * 3_600_000);
  return calendar(publishedDaysAgo, hours.create, course.key);
}

function writing(world: World, course: DemoCourse, from: Date, to: Date): Step[] {
  const spacingMs = (to.getTime() - from.getTime()) / lessonsOf(course).length;
  let written = 0;
  return course.sections.flatMap((section) => {
    let sectionId: string | undefined;
    return section.lessons.map((lesson) => ({
      at: new Date(Math.floor(from.getTime() + ++written * spacingMs)),
      async run() {
        const owner = made(world.people, course.owner);
        const target = made(world.courses, course.key);
        sectionId ??= (await addSection(world.deps, owner, target.id, section.title)).id;
        await writeLesson(world, owner, { sectionId, target, lesson });
      },
    }));
  });
}

async function writeLesson(
  world: World,
  owner: Actor,
  { sectionId, target, lesson }: { sectionId: string; target: MadeCourse; lesson: DemoLesson },
): Promise<void> {
  const { id } = await addLesson(world.deps, owner, sectionId, bodyOf(lesson));
  const written: MadeLesson = { id };
  if (lesson.type === 'quiz' && lesson.quiz) written.quizId = await writeQuiz(world, owner, id, lesson.quiz);
  target.lessons.set(lesson.key, written);
}

function bodyOf(lesson: DemoLesson): NewLessonInput {
  const { key: _, ...body } = lesson;
  if (body.type !== 'quiz') return body;
  const { quiz: __, ...rest } = body;
  return rest;
}

async function writeQuiz(world: World, owner: Actor, lessonId: string, quiz: DemoQuiz): Promise<string> {
  const { deps } = world;
  const { questions, ...settings } = quiz;
  await saveQuiz(deps, owner, lessonId, settings, null);
  const of = { lessonId, actorId: owner.userId, closedBefore: deps.clock.now() };
  const saved = await findQuizOfLesson(deps.db, of);
  if (!saved?.id) throw new Error(`The lesson ${lessonId} has no quiz after it was saved.`);
  for (const question of questions) {
    const { key: _, ...body } = question;
    const row = await addQuestion(deps, owner, saved.id, body);
    world.questions.set(row.id, question);
  }
  return saved.id;
}
