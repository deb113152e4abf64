#!/usr/bin/env node
import { keepCompiledCode } from './app/compile-cache.ts';

const neededNode = 24;

if (Number(process.versions.node.split('.')[0]) < neededNode) {
  process.stderr.write(
    `This program needs Node ${neededNode}, and this is ${process.version}: "npm start" brings its own.\n`,
  );
  process.exitCode = 1;
} else {
  keepCompiledCode();
  const { runCommand } = await import('#app/command-line.ts');
  await runCommand(process.argv.slice(2));
}
