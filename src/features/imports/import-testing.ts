import assert from 'node:assert/strict';
import type { Body, Person } from '#test/client.ts';
import { uploadFile } from '#test/files.ts';
import type { TestServer } from '#test/server.ts';

/** What tests do with imports, as front ends do. */
export function importsOf(server: TestServer) {
  const begin = async (kind: 'people' | 'enrollments', content: string | Buffer, by: Person) => {
    const { id: fileId } = await uploadFile(server, by, content, 'file.csv');
    return server.post('/imports', { kind, fileId }, by.token);
  };
  const finished = async (answer: Awaited<ReturnType<typeof begin>>, by: Person): Promise<Body> => {
    assert.equal(answer.status, 202, answer.text);
    await server.runJobs();
    return (await server.get(`/imports/${answer.body.id}`, by.token)).body;
  };
  return {
    begin,
    check: async (kind: 'people' | 'enrollments', content: string, by: Person) =>
      finished(await begin(kind, content, by), by),
    apply: async (id: string, by: Person) =>
      finished(await server.post(`/imports/${id}/application`, undefined, by.token), by),
    /** Line, status and reasons of each row, each reason once. */
    told: async (id: string, by: Person): Promise<unknown[]> => {
      const { items } = (await server.get(`/imports/${id}/rows?limit=100`, by.token)).body;
      return items.map(({ line, status, errors }: Body) => [
        line,
        status,
        ...new Set(errors.map(({ path, code }: Body) => (path === undefined ? code : `${path} ${code}`))),
      ]);
    },
  };
}
