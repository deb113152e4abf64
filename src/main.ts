import { enableCompileCache } from 'node:module';

// Compiled code is kept between starts; without it a start takes three times as long.
enableCompileCache();
const { runCommand } = await import('#app/command-line.ts');
await runCommand(process.argv.slice(2));
