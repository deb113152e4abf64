import type { Message } from '#platform/mail/message.ts';
import { formatOf } from '../format.ts';
import { preferenceOf, type MailKind, type MailModels } from '../kinds.ts';
import { languageOf, loadWords } from '../languages.ts';
import { linksOf } from '../links.ts';
import type { SendableMail } from '../queries/mails.ts';
import { makeUnsubscribeToken } from '../unsubscribe-token.ts';
import { loaders, type LoadDeps } from './load-model.ts';

/** The message as it is now, in its reader's language. Undefined where there is nothing left to tell. */
export async function writeMail<Kind extends MailKind>(
  deps: LoadDeps,
  mail: SendableMail & { kind: Kind; email: string },
): Promise<Message | undefined> {
  const { config, encryption, clock } = deps;
  const language = languageOf(mail.locale);
  const format = formatOf(language, { locale: mail.locale, timeZone: mail.time_zone });
  const model: MailModels[Kind] | undefined = await loaders[mail.kind](deps, { mail, format });
  if (model === undefined) return undefined;
  // Loaded with the first mail: only a worker writes any.
  const { renderMail } = await import('../render/render-mail.ts');
  // A stranger can register with anybody's address, and choose what they would be called in our name.
  const name = mail.email_verified_at === null ? null : mail.name;
  const preference = preferenceOf(mail.kind);
  const rendered = renderMail(mail.kind, model, await loadWords(language), {
    recipientName: name,
    projectName: config.projectName,
    unsubscribeUrl:
      preference === undefined
        ? null
        : linksOf(config).unsubscribe(
            makeUnsubscribeToken(encryption, { userId: mail.user_id, kind: preference }),
          ),
  });
  return {
    ...rendered,
    id: mail.id,
    messageId: mail.message_id,
    to: { name: name ?? '', address: mail.email },
    date: clock.now(),
  };
}
