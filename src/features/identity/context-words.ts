import type { Config } from '#platform/config/config.ts';

type Institution = Pick<Config, 'projectName' | 'certificateIssuer' | 'publicUrl' | 'frontendUrl'>;

/** What anybody would try first at a place of learning. docs/accounts.md has them, too. */
const everywhere = [
  ...[
    'admin',
    'administrator',
    'instructor',
    'teacher',
    'student',
    'learner',
    'login',
    'welcome',
    'password',
  ],
  ...[
    'lms',
    'learn',
    'learning',
    'course',
    'school',
    'academy',
    'college',
    'university',
    'campus',
    'certificate',
  ],
];
const shortest = 3;

/** Words that alone make no password here: of learning, of the institution's names and addresses, and of the person. */
export function contextWords(
  { projectName, certificateIssuer, publicUrl, frontendUrl }: Institution,
  person: { email: string | null; name: string },
): ReadonlySet<string> {
  const addresses = [publicUrl, frontendUrl ?? ''].map((url) => URL.parse(url)?.hostname ?? '');
  const texts = [
    ...everywhere,
    projectName,
    certificateIssuer,
    ...addresses,
    person.name,
    person.email ?? '',
  ];
  return new Set(texts.flatMap(wordsOf).filter((word) => word.length >= shortest));
}

/** Whether the letters of a text are such words and nothing else, whatever digits and signs stand between and behind them. */
export function isMadeOf(words: ReadonlySet<string>, text: string): boolean {
  const letters = wordsOf(text).join('');
  // Where a word has ended, another may begin: a pattern of them could take exponential time.
  const ends = new Set([0]);
  for (let at = 0; at < letters.length; at += 1) {
    if (!ends.has(at)) continue;
    for (const word of words) if (letters.startsWith(word, at)) ends.add(at + word.length);
  }
  return letters.length > 0 && ends.has(letters.length);
}

function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}]+/gu) ?? []
  );
}
