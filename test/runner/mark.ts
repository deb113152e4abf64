// Loaded into each process of a test file before the file itself (`node --import`). It gives the file a
// temporary folder of its own and leaves its process id in the environment: whatever the file starts inherits
// one or the other, and can be found when it stays behind.
import { keepCompiledCode } from '#app/compile-cache.ts';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.env['LMS_TEST_FOLDER'];
const file = process.argv[1];
if (
  folder !== undefined &&
  file?.endsWith('.test.ts') === true &&
  process.env['LMS_TEST_PID'] === undefined
) {
  const own = path.join(folder, String(process.pid));
  mkdirSync(own, { recursive: true });
  // Open to all users, as every folder for temporary files is.
  chmodSync(own, 0o1777);
  writeFileSync(path.join(own, 'file'), path.relative(process.cwd(), file));
  process.env['LMS_TEST_PID'] = String(process.pid);
  process.env['TMPDIR'] = own;
}

// Every file of tests is a process of its own, and half of its start would be to compile what the others have compiled.
keepCompiledCode();
