// Command: holds the tree against the rules of our own and prints what breaks them.
import { loadProject, projectFiles } from './project.ts';
import { checkRules, RULES } from './rules.ts';

const root = process.cwd();
const project = loadProject(root, projectFiles(root));
const found = checkRules(project);
for (const { path, line, rule, message, reason } of found) {
  console.error(`${path}:${line} ${rule}: ${message}\n    ${reason}`);
}
console.log(`${project.files.length} files, ${RULES.length} rules, ${found.length} findings`);
process.exitCode = found.length === 0 ? 0 : 1;
