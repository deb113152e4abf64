import assert from 'node:assert/strict';
import { unzipSync } from 'fflate';
import type { Body } from '#test/client.ts';
import { here } from '#test/files.ts';
import { ok } from '#test/loop.ts';
import type { TestServer } from '#test/server.ts';

/** Has an export of somebody's data made; answers it once it is ready. */
export async function exportData(server: TestServer, token: string): Promise<Body> {
  const asked = await ok(server.post('/me/data-exports', undefined, token), 202);
  await server.runJobs();
  const made = await ok(server.get(`/me/data-exports/${asked.id}`, token));
  assert.equal(made.status, 'ready', JSON.stringify(server.log.filter(({ level }) => Number(level) >= 40)));
  return made;
}

/** The address from which an archive is read, on this server. */
export async function linkOf(server: TestServer, id: string, token: string): Promise<string> {
  const link = await ok(server.post(`/me/data-exports/${id}/links`, undefined, token), 201);
  return here(server, link.url);
}

/** The files of an archive, by their names. */
export async function readArchive(
  server: TestServer,
  id: string,
  token: string,
): Promise<Record<string, Buffer>> {
  const answer = await fetch(await linkOf(server, id, token));
  assert.equal(answer.status, 200);
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes)]));
}

/** The rows of one table in an archive; none where there is no file of it. */
export function rowsIn(archive: Record<string, Buffer>, table: string): Body[] {
  const file = archive[`data/${table}.json`];
  return file ? (JSON.parse(file.toString()) as Body[]) : [];
}
