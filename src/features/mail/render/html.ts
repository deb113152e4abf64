import { escapeHtml } from '#platform/pages/html.ts';
import type { MailWords } from '../words.ts';
import { isolatesToElements } from './isolate.ts';
import type { FramedContent } from './framed-content.ts';
import { colors, font, mailStyle } from './style.ts';

/**
 * The mail as HTML for programs of any age: tables, styles within the elements, no script, no picture, nothing from
 * elsewhere. The few rules in the head are for phones and for dark screens; without them it reads as well.
 */
export function renderHtml(content: FramedContent, words: MailWords): string {
  const { direction, language } = words;
  const start = direction === 'rtl' ? 'right' : 'left';
  const text = `font-family:${font};text-align:${start};`;
  const rows = [
    row(
      '28px 32px 0',
      `<h1 class="ink" style="margin:0;${text}font-size:24px;line-height:32px;font-weight:700;color:${colors.ink};">${inner(content.heading)}</h1>`,
    ),
    row('16px 32px 0', paragraph(content.greeting, text)),
    ...content.paragraphs.map((each) => row('12px 32px 0', paragraph(each, text))),
    ...(content.facts ? [row('20px 32px 0', factTable(content.facts, text))] : []),
    ...(content.invitation === undefined ? [] : [row('20px 32px 0', paragraph(content.invitation, text))]),
    ...(content.button ? [row('24px 32px 0', buttonTable(content.button, start))] : []),
    ...(content.link ? [row('16px 32px 0', linkLine(content.link, text))] : []),
    ...(content.notes ?? []).map((each) => row('16px 32px 0', small(inner(each), text))),
    ...(content.button ? [row('20px 32px 0', fallback(content.button.url, words, text))] : []),
  ];
  return `<!doctype html>
<html lang="${language}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>${inner(content.subject)}</title>
<style>${mailStyle}</style>
</head>
<body class="page" dir="${direction}" style="margin:0;padding:0;background-color:${colors.page};">
<div style="display:none;max-height:0;overflow:hidden;opacity:0;">${inner(content.preheader)}${'&#847;&zwnj;&nbsp;'.repeat(60)}</div>
<table class="page" role="presentation" dir="${direction}" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="${colors.page}" style="background-color:${colors.page};">
<tr><td align="center" class="outer" style="padding:32px 12px;">
<table role="presentation" dir="${direction}" width="600" cellpadding="0" cellspacing="0" border="0" class="frame" style="width:100%;max-width:600px;">
<tr><td class="name" align="${start}" style="padding:0 32px 16px;${text}font-size:15px;line-height:20px;font-weight:700;color:${colors.accent};">${inner(content.projectName)}</td></tr>
<tr><td class="card" bgcolor="${colors.card}" style="background-color:${colors.card};border:1px solid ${colors.line};border-radius:12px;">
<table role="presentation" dir="${direction}" width="100%" cellpadding="0" cellspacing="0" border="0">
${rows.join('\n')}
<tr><td style="height:32px;line-height:32px;font-size:0;">&nbsp;</td></tr>
</table>
</td></tr>
<tr><td align="${start}" class="foot" style="padding:20px 32px 0;">${footer(content, text)}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

function row(padding: string, html: string): string {
  return `<tr><td class="cell" style="padding:${padding};">${html}</td></tr>`;
}

function paragraph(content: string, text: string): string {
  return `<p class="ink" style="margin:0;${text}font-size:16px;line-height:25px;color:${colors.ink};">${inner(content)}</p>`;
}

function small(html: string, text: string): string {
  return `<p class="muted" style="margin:0;${text}font-size:14px;line-height:21px;color:${colors.muted};">${html}</p>`;
}

function factTable(facts: readonly (readonly [string, string])[], text: string): string {
  const lines = facts.map(
    ([label, value]) =>
      `<tr><td class="line" style="padding:10px 0;border-top:1px solid ${colors.line};">${small(inner(label), text)}<p class="ink" style="margin:2px 0 0;${text}font-size:16px;line-height:23px;font-weight:600;color:${colors.ink};word-break:break-word;overflow-wrap:anywhere;">${inner(value)}</p></td></tr>`,
  );
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${lines.join('')}</table>`;
}

// The colour stands on the cell too: Outlook paints no background of a link.
function buttonTable({ label, url }: { label: string; url: string }, start: string): string {
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" align="${start}"><tr><td class="button" bgcolor="${colors.accent}" style="background-color:${colors.accent};border-radius:8px;mso-padding-alt:13px 26px;"><a class="onbutton" href="${escapeHtml(url)}" style="display:inline-block;padding:13px 26px;font-family:${font};font-size:16px;line-height:22px;font-weight:600;color:#ffffff;text-decoration:none;border-radius:8px;">${inner(label)}</a></td></tr></table>`;
}

function linkLine({ label, url }: { label: string; url: string }, text: string): string {
  return `<p style="margin:0;${text}font-size:16px;line-height:24px;"><a class="link" href="${escapeHtml(url)}" style="color:${colors.accent};">${inner(label)}</a></p>`;
}

function fallback(url: string, { buttonFallback }: MailWords, text: string): string {
  const address = `<a class="link" href="${escapeHtml(url)}" dir="ltr" style="color:${colors.accent};word-break:break-all;">${escapeHtml(url)}</a>`;
  return small(`${inner(buttonFallback)}<br>${address}`, text);
}

function footer({ footer: reason, unsubscribe }: FramedContent, text: string): string {
  const link = unsubscribe
    ? `<br><a class="muted" href="${escapeHtml(unsubscribe.url)}" style="color:${colors.muted};">${inner(unsubscribe.label)}</a>`
    : '';
  return `<p class="muted" style="margin:0;${text}font-size:13px;line-height:20px;color:${colors.muted};">${inner(reason)}${link}</p>`;
}

function inner(text: string): string {
  return isolatesToElements(escapeHtml(text));
}
