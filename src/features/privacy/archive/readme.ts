import type { ArchiveWords } from './words/words.ts';

const languages = ['ar', 'de', 'en', 'es'] as const;

/** The page that leads through the archive, in the language of a locale; English where that is none of ours. */
export async function readmeOf({
  locale,
  project,
  at,
}: {
  locale: string;
  project: string;
  at: Date;
}): Promise<string> {
  const language = languageOf(locale);
  const { words } = (await import(`./words/${language}.ts`)) as { words: ArchiveWords };
  const moment = new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'long',
    calendar: 'gregory',
    timeZone: 'UTC',
  }).format(at);
  const { places } = words;
  return [
    words.heading(project),
    words.madeAt(moment),
    '',
    `data/          ${places.data}`,
    `files/         ${places.files}`,
    `certificates/  ${places.certificates}`,
    `about.json     ${places.about}`,
    '',
    words.leftOutHeading,
    ...words.leftOut.map((each) => `- ${each}`),
    '',
    words.times,
    words.care,
    '',
  ].join('\n');
}

function languageOf(locale: string): string {
  const [primary = ''] = locale.toLowerCase().split('-');
  return languages.find((each) => each === primary) ?? 'en';
}
