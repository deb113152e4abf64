import type { Caller } from '../callers.ts';
import type { Recipe } from '../recipe.ts';
import type { World } from '../world.ts';

const reason = { reason: 'The name was misspelt.' };

/** A new one, in force, at the end of a line of certificates, each in place of the one before. */
async function freshCertificate({ server, people, replacedCertificate }: World): Promise<string> {
  for (let id = replacedCertificate.id; ;) {
    const answer = await server.post(`/certificates/${id}/reissue`, reason, people.admin.token);
    if (answer.status === 201) return answer.body.id;
    const newer = answer.body.errors?.[0]?.params?.certificateId as string | undefined;
    if (newer === undefined) throw new Error(`reissuing answered ${answer.status}: ${answer.text}`);
    id = newer;
  }
}

// One that is used up, for those who may not use up another.
async function certificateFor(world: World, caller: Caller): Promise<string> {
  return caller === 'admin' ? freshCertificate(world) : world.replacedCertificate.id;
}

export const certificateCalls: Record<string, Recipe> = {
  listMyCertificates: () => ({}),
  listCertificates: () => ({}),
  'listCertificates (of a course)': ({ certificate }) => ({ query: `?courseId=${certificate.courseId}` }),
  'listCertificates (of a draft)': ({ draft }) => ({ query: `?courseId=${draft.id}` }),
  getCertificate: ({ certificate }) => ({ path: { id: certificate.id } }),
  getCertificatePdf: ({ certificate }) => ({ path: { id: certificate.id } }),
  verifyCertificate: ({ certificate }) => ({ path: { number: certificate.number } }),
  reissueCertificate: async (world, caller) => ({
    path: { id: await certificateFor(world, caller) },
    body: reason,
  }),
  'reissueCertificate (replaced)': async (world) => {
    await freshCertificate(world);
    return { path: { id: world.replacedCertificate.id }, body: reason };
  },
  revokeCertificate: async (world, caller) => ({
    path: { id: await certificateFor(world, caller) },
    body: reason,
  }),
};
