/**
 * What all pages share of their style sheet, which stands between `<style>` and `</style>` and is allowed in the
 * Content-Security-Policy by its hash. Needs no script, font or image.
 */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: #eef1f1; --card: #ffffff; --ink: #1c1c1f; --muted: #565d65; --line: #d9e0e2; --accent: #0f4c5c;
  --good: #17653c; --good-soft: #e4f3ea; --bad: #a1261d; --bad-soft: #fbe9e7;
  --warning: #7a4f00; --warning-soft: #fbf1dc; --neutral: #4a525a; --neutral-soft: #edf0f1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101415; --card: #191f21; --ink: #eceff0; --muted: #a6b0b5; --line: #2f383b; --accent: #8cc7d6;
    --good: #86d6a6; --good-soft: #17301f; --bad: #ff9f95; --bad-soft: #3a1b18;
    --warning: #f0c46c; --warning-soft: #33270f; --neutral: #c3cbd0; --neutral-soft: #262d30;
  }
}
* { box-sizing: border-box; margin: 0; }
body {
  min-height: 100vh; padding: clamp(1rem, 5vw, 4rem) 1rem; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main {
  max-width: 36rem; margin: 0 auto; overflow: hidden; background: var(--card);
  border: 1px solid var(--line); border-radius: 0.75rem; box-shadow: 0 1px 2px rgb(0 0 0 / 6%), 0 12px 32px rgb(0 0 0 / 6%);
}
/* Above the page, where the whole installation has something to say. */
.notice {
  max-width: 36rem; margin: 0 auto 1rem; padding: 0.75rem 1.5rem; border-radius: 0.75rem;
  background: var(--warning-soft); color: var(--warning); font-size: 0.875rem;
}
header { display: flex; gap: 1rem; align-items: flex-start; padding: 1.5rem; border-bottom: 1px solid var(--line); }
header svg { flex: none; width: 2.25rem; height: 2.25rem; margin-top: 0.1rem; }
header div { min-width: 0; overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; line-height: 1.25; text-wrap: balance; }
header p { margin-top: 0.35rem; color: var(--ink); }
.good { background: var(--good-soft); } .good h1, .good svg { color: var(--good); }
.bad { background: var(--bad-soft); } .bad h1, .bad svg { color: var(--bad); }
.warning { background: var(--warning-soft); } .warning h1, .warning svg { color: var(--warning); }
.neutral { background: var(--neutral-soft); } .neutral h1, .neutral svg { color: var(--neutral); }
a { color: var(--accent); }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 0.25rem; }
footer { padding: 1rem 1.5rem 1.25rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.875rem; overflow-wrap: anywhere; }
footer a { display: block; color: inherit; }
@media (min-width: 40rem) {
  header { padding: 1.75rem 2rem; }
  footer { padding: 1rem 2rem 1.25rem; }
}
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --muted: #333; --line: #999; --accent: #000;
    --good: #000; --bad: #000; --warning: #000; --neutral: #000; }
  body { padding: 0; } main { max-width: none; border: 0; box-shadow: none; }
}
`;
