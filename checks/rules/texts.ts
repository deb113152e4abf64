import { finding } from '../project.ts';
import type { Finding, Project, Rule, SourceFile } from '../project.ts';

// Written with a class of one letter where the plain word would find itself in this file.
const UNFINISHED = /\b(?:TOD[O]|FIXM[E]|XX[X])\b/g;
const ONLY = /\b(?:test|suite|it|describe)\.only\(|\bonly: true\b/g;
const REGISTRY =
  /\bregistry\.(?:npmjs|yarnpkg|npmmirror)\b|\b(?:npm|artifactory|verdaccio|nexus)[\w.-]*(?::\d+)?\/(?:[\w./-]*\.tgz)/gi;
// A path of one machine: at the start of a word, and with something behind it.
const MACHINE_PATH = /(?<![\w.$}/-])\/(?:work|tmp|home|root|Users)\/[\w.-]+/g;

export const textRules: readonly Rule[] = [
  {
    name: 'nothing-left-to-do',
    reason: 'Unfinished work stands in the tracker, where it is seen.',
    check: function* (project) {
      for (const file of project.files) {
        // Digests hold any letters.
        if (file.path === 'package-lock.json') continue;
        // In code, comments only: "todo" in capitals is a word of other languages, and ours are tested.
        for (const { value, start } of file.comments ?? [{ value: file.text, start: 0 }]) {
          for (const match of value.matchAll(UNFINISHED))
            yield finding(file, start + match.index, `"${match[0]}"`);
        }
      }
    },
  },
  {
    name: 'no-test-runs-alone',
    reason: 'A forgotten only switches all the other tests off.',
    check: eachMatch(ONLY, (file) => file.path.endsWith('.ts')),
  },
  {
    name: 'no-registry-address',
    reason: 'Where packages come from is a matter of the machine; an address kept here fails on every other.',
    check: eachMatch(REGISTRY, () => true),
  },
  {
    name: 'no-machine-path',
    reason: 'A path of the machine where it was written exists on no other.',
    check: eachMatch(MACHINE_PATH, () => true),
  },
];

function eachMatch(pattern: RegExp, applies: (file: SourceFile) => boolean): Rule['check'] {
  return function* (project: Project): Iterable<Finding> {
    for (const file of project.files.filter(applies)) {
      for (const match of file.text.matchAll(pattern)) yield finding(file, match.index, `"${match[0]}"`);
    }
  };
}
