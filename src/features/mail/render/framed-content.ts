import type { MailContent } from '../words.ts';

/** What stands around the content, in the words of one language. */
export type FramedContent = MailContent & {
  greeting: string;
  footer: string;
  projectName: string;
  unsubscribe: { label: string; url: string } | null;
};
