import bidiModule from 'bidi-js';

export type Direction = 'ltr' | 'rtl';

/** A stretch of text of one direction; `text` stays in logical order, brackets already mirrored. */
interface BidiRun {
  text: string;
  direction: Direction;
}

// The package's types describe an ES module; Node loads its CommonJS build, whose default is the function itself.
const bidiFactory = bidiModule as unknown as typeof bidiModule.default;

/** Splits one line of text into runs in visual order, left to right (Unicode Bidirectional Algorithm, UAX #9). */
export type BidiSplitter = (line: string, base: Direction | 'auto') => BidiRun[];

export function bidiSplitter(): BidiSplitter {
  const bidi = bidiFactory();
  return (line, base) => {
    const embedding = bidi.getEmbeddingLevels(line, base);
    const mirrored = bidi.getMirroredCharactersMap(line, embedding.levels);
    const runs: { text: string; level: number }[] = [];
    for (let index = 0; index < line.length; index += 1) {
      const level = embedding.levels[index] ?? 0;
      const text = mirrored.get(index) ?? line.charAt(index);
      const last = runs.at(-1);
      if (last && last.level === level) last.text += text;
      else runs.push({ text, level });
    }
    return reorder(runs).map(({ text, level }) => ({ text, direction: level % 2 === 1 ? 'rtl' : 'ltr' }));
  };
}

/** UAX #9, rule L2: from the highest level down, turn round every stretch at that level or above. */
function reorder<Run extends { level: number }>(logical: Run[]): Run[] {
  let runs = logical;
  for (let level = Math.max(0, ...logical.map((run) => run.level)); level > 0; level -= 1) {
    const turned: Run[] = [];
    let stretch: Run[] = [];
    for (const run of runs) {
      if (run.level >= level) stretch.unshift(run);
      else {
        turned.push(...stretch, run);
        stretch = [];
      }
    }
    runs = [...turned, ...stretch];
  }
  return runs;
}
