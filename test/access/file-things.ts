import type { Body } from '#test/client.ts';
import { uploadFile } from '#test/files.ts';
import type { TestServer } from '#test/server.ts';
import type { Callers } from './people.ts';

/** The smallest PNG, of one pixel. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** The files that the table's lines are about. */
export type FileThings = {
  /** Attached to the published course's text lesson, and to its preview; to the draft's; to that of the course left. */
  attachedId: string;
  previewId: string;
  draftId: string;
  leftId: string;
  /** The student's own, with the address of its content. */
  privateId: string;
  privateTicket: string;
  /** Lessons of type file. */
  lessonId: string;
  previewLessonId: string;
  draftLessonId: string;
  /** Of some course. */
  pictureId: string;
};

type Course = { id: string; sectionId: string; textLessonId: string };
type Courses = {
  published: Course & { previewLessonId: string };
  draft: Course;
  withdrawn: Course;
  left: Course;
};

export async function makeFileThings(
  { server, people }: { server: TestServer; people: Callers },
  { published, draft, withdrawn, left }: Courses,
): Promise<FileThings> {
  const must = async (method: string, path: string, body: unknown): Promise<Body> => {
    const answer = await server.request(method, path, { token: people.owner.token, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const upload = async (content: string | Buffer = 'text'): Promise<string> =>
    (await uploadFile(server, people.owner, content)).id;
  const attach = async (lessonId: string): Promise<string> => {
    const fileId = await upload();
    await must('POST', `/lessons/${lessonId}/attachments`, { fileId });
    return fileId;
  };
  const addLesson = async (sectionId: string, isPreview = false): Promise<string> => {
    const body = { title: 'Map', type: 'file', isRequired: false, isPreview };
    const { id } = await must('POST', `/sections/${sectionId}/lessons`, body);
    await must('PUT', `/lessons/${id}/file`, { fileId: await upload() });
    return id;
  };
  const own = await uploadFile(server, people.student, 'private');
  const fileId = await upload(png);
  const picture = await must('PUT', `/courses/${left.id}/picture`, { fileId });
  return {
    attachedId: await attach(published.textLessonId),
    previewId: await attach(published.previewLessonId),
    draftId: await attach(draft.textLessonId),
    leftId: await attach(withdrawn.textLessonId),
    privateId: own.id,
    privateTicket: new URL(own.contentUrl).search,
    lessonId: await addLesson(published.sectionId),
    previewLessonId: await addLesson(published.sectionId, true),
    draftLessonId: await addLesson(draft.sectionId),
    pictureId: picture.id,
  };
}
