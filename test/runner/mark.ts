// Loaded into each process of test files before the files themselves. It gives them a temporary folder of their own and
// leaves the process id in the environment: whatever they start inherits one or the other, and can be found when it
// stays behind.
import { keepCompiledCode } from '#app/compile-cache.ts';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.env['LMS_TEST_FOLDER'];
const files = process.env['LMS_TEST_FILES'];
if (folder !== undefined && files !== undefined && process.env['LMS_TEST_PID'] === undefined) {
  const own = path.join(folder, String(process.pid));
  mkdirSync(own, { recursive: true });
  // Open to all users, as every folder for temporary files is.
  chmodSync(own, 0o1777);
  writeFileSync(path.join(own, 'file'), files);
  process.env['LMS_TEST_PID'] = String(process.pid);
  process.env['TMPDIR'] = own;
}

// Half of the start of such a process would be to compile what the others have compiled.
keepCompiledCode();
