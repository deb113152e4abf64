import type { Body } from '#test/client.ts';
import { formOf, uploadFile } from '#test/files.ts';
import { png } from '../file-things.ts';
import type { Caller } from '../callers.ts';
import type { Recipe } from '../recipe.ts';
import { must, type World } from '../world.ts';

/** A new file of the caller's; of the owner's for the anonymous. */
async function ownFile(world: World, caller: Caller, content: string | Buffer = 'text'): Promise<string> {
  const person = world.people[caller === 'anonymous' ? 'owner' : caller];
  return (await uploadFile(world.server, person, content)).id;
}

/** An upload of the student's that waits for its bytes. */
async function announced(world: World): Promise<{ id: string; query: string }> {
  const body = { fileName: 'a.txt', sizeBytes: 4 };
  const upload: Body = await must(world, 'student', 'POST', '/files/uploads', body);
  return { id: upload.id, query: new URL(upload.url).search };
}

const bytes = { body: 'text', headers: { 'content-type': 'text/plain' } };

async function received(world: World) {
  const { id, query } = await announced(world);
  const answer = await world.server.request('PUT', `/files/uploads/${id}/content${query}`, {
    raw: bytes.body,
    headers: bytes.headers,
  });
  if (answer.status !== 204) throw new Error(`sending answered ${answer.status}: ${answer.text}`);
  return { path: { id } };
}

async function attached(world: World) {
  const { videoLessonId: id } = world.published;
  const fileId = await ownFile(world, 'owner');
  const attachment = await must(world, 'owner', 'POST', `/lessons/${id}/attachments`, { fileId });
  return { path: { id, attachmentId: attachment.id } };
}

export const fileCalls: Record<string, Recipe> = {
  uploadFile: () => ({ raw: formOf([{ fileName: 'a.txt', content: 'text' }]) }),
  getFile: ({ files }) => ({ path: { id: files.attachedId } }),
  'getFile (of a preview)': ({ files }) => ({ path: { id: files.previewId } }),
  'getFile (of a draft)': ({ files }) => ({ path: { id: files.draftId } }),
  'getFile (of a lesson that was left)': ({ files }) => ({ path: { id: files.leftId } }),
  'getFile (of no lesson)': ({ files }) => ({ path: { id: files.privateId } }),
  getFileContent: ({ files }) => ({ path: { id: files.attachedId } }),
  'getFileContent (of a preview)': ({ files }) => ({ path: { id: files.previewId } }),
  'getFileContent (by a ticket)': ({ files }) => ({
    path: { id: files.privateId },
    query: files.privateTicket,
  }),
  deleteFile: { untilUsed: async (world) => ({ path: { id: await ownFile(world, 'student') } }) },
  'deleteFile (in use)': ({ files }) => ({ path: { id: files.attachedId } }),
  startUpload: () => ({ body: { fileName: 'a.txt', sizeBytes: 4 } }),
  sendUpload: async (world) => {
    const { id, query } = await announced(world);
    return { path: { id }, query, raw: bytes };
  },
  completeUpload: { untilUsed: received },

  getLessonFile: ({ files }) => ({ path: { id: files.lessonId } }),
  'getLessonFile (a preview)': ({ files }) => ({ path: { id: files.previewLessonId } }),
  'getLessonFile (draft)': ({ files }) => ({ path: { id: files.draftLessonId } }),
  putLessonFile: async (world, caller) => ({
    path: { id: world.files.lessonId },
    body: { fileId: await ownFile(world, caller) },
  }),
  'putLessonFile (another’s file)': ({ files }) => ({
    path: { id: files.lessonId },
    body: { fileId: files.privateId },
  }),
  'putLessonFile (draft)': async (world, caller) => ({
    path: { id: world.files.draftLessonId },
    body: { fileId: await ownFile(world, caller) },
  }),
  listAttachments: ({ published }) => ({ path: { id: published.textLessonId } }),
  'listAttachments (of a preview)': ({ published }) => ({ path: { id: published.previewLessonId } }),
  attachFile: async (world, caller) => ({
    path: { id: world.published.videoLessonId },
    body: { fileId: await ownFile(world, caller) },
  }),
  detachFile: { untilUsed: attached },

  putMyAvatar: async (world, caller) => ({ body: { fileId: await ownFile(world, caller, png) } }),
  deleteMyAvatar: () => ({}),
  putCoursePicture: async (world, caller) => ({
    path: { id: world.published.id },
    body: { fileId: await ownFile(world, caller, png) },
  }),
  deleteCoursePicture: ({ published }) => ({ path: { id: published.id } }),
  getPicture: ({ files }) => ({ path: { id: files.pictureId, size: 'small' } }),
};
