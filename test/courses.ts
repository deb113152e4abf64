import type { Answer, Body, Json, Person } from './client.ts';
import type { TestServer } from './server.ts';

/** Makes a draft over HTTP; answers the course. */
export async function makeCourse(server: TestServer, instructor: Person, fields: Json = {}): Promise<Body> {
  const body = { title: 'A course', description: 'What it is about.', ...fields };
  return created(await server.post('/courses', body, instructor.token));
}

export async function addSection(
  server: TestServer,
  instructor: Person,
  courseId: string,
  title = 'A section',
): Promise<Body> {
  return created(await server.post(`/courses/${courseId}/sections`, { title }, instructor.token));
}

/** A lesson that is ready: confirmed by its learner. */
export async function addTextLesson(
  server: TestServer,
  instructor: Person,
  sectionId: string,
  fields: Json = {},
): Promise<Body> {
  const body = { title: 'A text', type: 'text', content: 'Read **this**.', ...fields };
  return created(await server.post(`/sections/${sectionId}/lessons`, body, instructor.token));
}

/** A lesson that is ready: complete with 90 % of its 100 seconds watched. */
export async function addVideoLesson(
  server: TestServer,
  instructor: Person,
  sectionId: string,
  fields: Json = {},
): Promise<Body> {
  const body = {
    title: 'A video',
    type: 'video',
    videoUrl: 'https://videos.example.com/1.mp4',
    durationSeconds: 100,
    ...fields,
  };
  return created(await server.post(`/sections/${sectionId}/lessons`, body, instructor.token));
}

/** A lesson that is not ready before its quiz has questions. */
export async function addQuizLesson(
  server: TestServer,
  instructor: Person,
  sectionId: string,
  fields: Json = {},
): Promise<Body> {
  const body = { title: 'A quiz', type: 'quiz', ...fields };
  return created(await server.post(`/sections/${sectionId}/lessons`, body, instructor.token));
}

export async function publish(server: TestServer, instructor: Person, courseId: string): Promise<Body> {
  const answer = await server.post(`/courses/${courseId}/publication`, undefined, instructor.token);
  if (answer.status !== 200) throw new Error(`publishing answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

/** `lessons` are in the order of the course. */
export type PublishedCourse = { course: Body; section: Body; lessons: Body[] };

/** A published course of one section with so many text lessons, then videos. `fields` are the course's. */
export async function makePublishedCourse(
  server: TestServer,
  instructor: Person,
  { texts = 2, videos = 0, ...fields }: Json & { texts?: number; videos?: number } = {},
): Promise<PublishedCourse> {
  const draft = await makeCourse(server, instructor, fields);
  const section = await addSection(server, instructor, draft.id);
  const lessons: Body[] = [];
  for (let i = 1; i <= texts; i++)
    lessons.push(await addTextLesson(server, instructor, section.id, { title: `Text ${i}` }));
  for (let i = 1; i <= videos; i++)
    lessons.push(await addVideoLesson(server, instructor, section.id, { title: `Video ${i}` }));
  return { course: await publish(server, instructor, draft.id), section, lessons };
}

function created({ status, body, text }: Answer): Body {
  if (status !== 201) throw new Error(`answered ${status}: ${text}`);
  return body;
}
