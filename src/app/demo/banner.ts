import type { App } from '#platform/http/types.ts';
import { pageLanguageOf, type PageLanguage } from '#platform/pages/languages.ts';

/** What whoever looks at a demonstration must know. */
export const demoNotices: Readonly<Record<PageLanguage, string>> = {
  en: 'This is a demonstration. Everything in it is made up, nothing is sent to anybody, and it begins anew every night.',
  ar: 'هذا عرض توضيحي. كل ما فيه مُختلَق، ولا يُرسَل شيء إلى أحد، ويبدأ من جديد كل ليلة.',
  de: 'Dies ist eine Vorführung. Alles darin ist erfunden, nichts wird verschickt, und jede Nacht beginnt sie von vorn.',
  es: 'Esto es una demostración. Todo en ella es inventado, no se envía nada a nadie y cada noche empieza de nuevo.',
};

/** Puts the notice at the head of every page, in the page's language. */
export function useDemoBanner(app: App): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    const isPage = /^text\/html\b/.test(String(reply.getHeader('content-type') ?? ''));
    done(null, isPage && typeof payload === 'string' ? withNotice(payload) : payload);
  });
}

function withNotice(page: string): string {
  const language = pageLanguageOf(/<html lang="([\w-]+)"/.exec(page)?.[1] ?? '');
  return page.replace('<body>', () => `<body>\n<aside class="notice">${demoNotices[language]}</aside>`);
}
