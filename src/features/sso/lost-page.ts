import type { Config } from '#platform/config/config.ts';
import { AppError } from '#platform/errors.ts';
import type { Reply, Request } from '#platform/http/types.ts';
import { escapeHtml, foreign } from '#platform/pages/html.ts';
import { pageLanguageOf, readerLocale, type PageLanguage } from '#platform/pages/languages.ts';
import { pageHeaders, renderPage } from '#platform/pages/page.ts';
import { pageStyle } from '#platform/pages/style.ts';

type Words = { heading: string; explanation: string; link: string };

const words: Record<PageLanguage, Words> = {
  en: {
    heading: 'This sign-in does not count any more',
    explanation: 'It has expired, was ended already, or was begun in another browser. Begin it anew.',
    link: 'Sign in',
  },
  ar: {
    heading: 'لم يعد تسجيل الدخول هذا صالحًا',
    explanation: 'انتهت مدته، أو اكتمل من قبل، أو بدأ في متصفح آخر. ابدأ من جديد.',
    link: 'تسجيل الدخول',
  },
  de: {
    heading: 'Diese Anmeldung gilt nicht mehr',
    explanation:
      'Sie ist abgelaufen, war schon beendet oder wurde in einem anderen Browser begonnen. Beginnen Sie von vorn.',
    link: 'Anmelden',
  },
  es: {
    heading: 'Este inicio de sesión ya no vale',
    explanation: 'Ha caducado, ya había terminado o se empezó en otro navegador. Empiece de nuevo.',
    link: 'Iniciar sesión',
  },
};

/**
 * Shows a person whose browser came back from a provider, and is not waited for, a page that they can read, as nobody
 * knows where to lead them back to. Programs, which do not ask for HTML, get the problem.
 */
export function showLost(config: Pick<Config, 'projectName' | 'frontendUrl'>) {
  return (error: unknown, request: Request, reply: Reply): void => {
    const isLost = error instanceof AppError && error.code === 'sign_on_invalid';
    if (!isLost || request.headers.accept?.includes('text/html') !== true) throw error;
    const locale = readerLocale(request.headers['accept-language']);
    const { heading, explanation, link } = words[pageLanguageOf(locale)];
    const home = config.frontendUrl;
    const way = home === null ? [] : [`<p><a href="${escapeHtml(home)}">${escapeHtml(link)}</a></p>`];
    reply
      .status(error.status)
      .headers({ ...pageHeaders(pageStyle, { mayPost: false }), 'cache-control': 'no-store' })
      .header('content-language', locale)
      .type('text/html; charset=utf-8')
      .send(
        renderPage({
          language: pageLanguageOf(locale),
          tone: 'warning',
          icon: 'question',
          heading,
          explanation: escapeHtml(explanation),
          content: [...way, `<footer>${foreign(config.projectName)}</footer>`],
          style: pageStyle,
        }),
      );
  };
}
