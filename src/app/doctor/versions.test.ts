import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { checkClient } from './check-backups.ts';
import type { Finding } from './finding.ts';
import { judgeNode, judgePostgres } from './versions.ts';

const textOf = ({ status, detail, advice = '' }: Finding) => `${status}: ${detail} ${advice}`;

suite('versions', () => {
  test('a Node that is too old fails, and one that is newer than all that was tested is said', () => {
    const judge = (version: string) => textOf(judgeNode('1.2.3', version));
    assert.match(judge('22.18.0'), /^failed: lms 1\.2\.3 on Node 22\.18\.0.* Start it with Node 24 to 26/);
    for (const version of ['24.0.0', '26.4.1']) assert.match(judge(version), /^ok: /);
    assert.match(judge('27.0.0-nightly'), /^warning: .*tested with Node 24 to 26\.$/);
  });

  test('a PostgreSQL that is too old or a replica fails, and a newer one is said', () => {
    const judge = (versionNumber: number, isReplica = false) =>
      textOf(judgePostgres({ version: 'of ours', versionNumber, isReplica }));
    assert.match(judge(150_014), /^failed: .*Upgrade it: the program needs PostgreSQL 16 to 18\.$/);
    for (const number of [160_000, 170_010, 180_099]) assert.match(judge(number), /^ok: PostgreSQL of ours/);
    assert.match(judge(190_000), /^warning: .*tested with PostgreSQL 16 to 18\.$/);
    assert.match(judge(170_010, true), /^failed: .*, a replica Let DATABASE_URL name the primary/);
    assert.match(judge(190_000, true), /^failed: .*, a replica/);
  });

  test('a pg_dump that is missing, or older than the server, fails where backups are made by it', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lms-versions-'));
    const before = process.env['PATH'];
    t.after(() => {
      process.env['PATH'] = before;
      rmSync(folder, { recursive: true });
    });
    const config = {
      databaseUrl: 'postgresql://db/lms',
      backupKey: 'a-key',
      backupDir: '/backups',
      backupAzureContainerName: null,
    };
    const judge = async (major: number) => (await checkClient(config, major)).map(textOf).join();
    process.env['PATH'] = folder;
    assert.match(await judge(17), /^failed: There is no pg_dump on the PATH: install/);
    const program = path.join(folder, 'pg_dump');
    writeFileSync(program, '#!/bin/sh\necho "pg_dump (PostgreSQL) 17.4 (Debian 17.4-1)"\n');
    chmodSync(program, 0o755);
    assert.match(
      await judge(18),
      /^failed: The database is PostgreSQL 18, and pg_dump on the PATH is of 17:/,
    );
    for (const major of [16, 17]) assert.match(await judge(major), /^ok: of PostgreSQL 17/);
    assert.deepEqual(await checkClient({ ...config, backupKey: null }, 18), [], 'none are made');
    assert.deepEqual(
      await checkClient({ ...config, databaseUrl: null }, 18),
      [],
      'the embedded one needs none',
    );
  });
});
