import {
  changeLifetimeMs,
  findEmailChangeLinks,
  undoLifetimeMs,
} from '#features/identity/commands/email-change-token.ts';
import type { Deps } from '#platform/deps.ts';
import type { Format } from '../format.ts';
import type { AddressNotice, MailModels } from '../kinds.ts';
import { linksOf } from '../links.ts';
import type { SendableMail } from '../queries/mails.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What is told of another address. Undefined where nothing is left to confirm, or the change is not there any more. */
export async function loadEmailChange(
  deps: Pick<Deps, 'db' | 'config' | 'encryption' | 'clock'>,
  { mail, format }: { mail: Pick<SendableMail, 'params' | 'created_at'>; format: Format },
): Promise<MailModels['emailChange'] | undefined> {
  const { what, changeId } = mail.params;
  const at = format.moment(mail.created_at);
  const nothing = { newEmail: null, actionUrl: null, validFor: null, at };
  if (what === 'wanted') return { ...nothing, noticeCode: what };
  const found = await findEmailChangeLinks(deps, changeId ?? '');
  if (!found) return undefined;
  const { newEmail, confirmToken, undoToken, isByAdmin } = found;
  const links = linksOf(deps.config);
  if (what === 'confirm') {
    if (confirmToken === null) return undefined;
    const validFor = format.hours(changeLifetimeMs / hourMs);
    return { noticeCode: what, newEmail, actionUrl: links.confirmEmail(confirmToken), validFor, at };
  }
  if (isByAdmin) return { ...nothing, noticeCode: 'changedByAdmin', newEmail };
  if (undoToken === null) return { ...nothing, noticeCode: what as AddressNotice, newEmail };
  const validFor = format.days(undoLifetimeMs / dayMs);
  const actionUrl = links.undoEmailChange(undoToken);
  return { noticeCode: what as AddressNotice, newEmail, actionUrl, validFor, at };
}
