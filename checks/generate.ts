// Command: `npm run generate [path…]` writes the files that are made from the code, all or those named.
import { writeFile } from 'node:fs/promises';
import { GENERATED } from './generated.ts';
import { openWorkbench } from './workbench.ts';

const named = process.argv.slice(2);
const bench = openWorkbench();
try {
  for (const artefact of GENERATED.filter(({ path }) => named.length === 0 || named.includes(path))) {
    await writeFile(artefact.path, await artefact.render(bench));
    console.log(artefact.path);
  }
} finally {
  await bench.close();
}
