/**
 * The only style sheet of the verification pages, exactly as it stands between
 * `<style>` and `</style>`: allow it in the Content-Security-Policy by its hash
 * (`style-src 'sha256-<base64 of SHA-256>'`). Needs no script, font or image.
 */
export const verificationStyle = `
:root {
  color-scheme: light dark;
  --page: #eef1f1; --card: #ffffff; --ink: #1c1c1f; --muted: #565d65; --line: #d9e0e2; --accent: #0f4c5c;
  --valid: #17653c; --valid-soft: #e4f3ea; --revoked: #a1261d; --revoked-soft: #fbe9e7;
  --expired: #7a4f00; --expired-soft: #fbf1dc; --notFound: #4a525a; --notFound-soft: #edf0f1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101415; --card: #191f21; --ink: #eceff0; --muted: #a6b0b5; --line: #2f383b; --accent: #8cc7d6;
    --valid: #86d6a6; --valid-soft: #17301f; --revoked: #ff9f95; --revoked-soft: #3a1b18;
    --expired: #f0c46c; --expired-soft: #33270f; --notFound: #c3cbd0; --notFound-soft: #262d30;
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
header { display: flex; gap: 1rem; align-items: flex-start; padding: 1.5rem; border-bottom: 1px solid var(--line); }
header svg { flex: none; width: 2.25rem; height: 2.25rem; margin-top: 0.1rem; }
h1 { font-size: 1.35rem; line-height: 1.25; text-wrap: balance; }
header p { margin-top: 0.35rem; color: var(--ink); }
.valid { background: var(--valid-soft); } .valid h1, .valid svg { color: var(--valid); }
.revoked { background: var(--revoked-soft); } .revoked h1, .revoked svg { color: var(--revoked); }
.expired { background: var(--expired-soft); } .expired h1, .expired svg { color: var(--expired); }
.notFound { background: var(--notFound-soft); } .notFound h1, .notFound svg { color: var(--notFound); }
dl { padding: 0.5rem 1.5rem 1.25rem; }
dl > div { padding: 0.85rem 0; border-bottom: 1px solid var(--line); }
dl > div:last-child { border-bottom: 0; }
dt { color: var(--muted); font-size: 0.875rem; }
dd { overflow-wrap: anywhere; }
.learner dd, .course dd { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, "Noto Serif", serif; line-height: 1.3; }
.learner dd { margin-top: 0.15rem; font-size: clamp(1.5rem, 6vw, 1.9rem); }
.learner .absent { color: var(--muted); font-size: 1.1rem; font-style: italic; }
.course dd { margin-top: 0.1rem; font-size: 1.2rem; }
.number dd { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
a { color: var(--accent); }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 0.25rem; }
footer { padding: 1rem 1.5rem 1.25rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.875rem; overflow-wrap: anywhere; }
footer a { display: block; color: inherit; }
@media (min-width: 40rem) {
  header { padding: 1.75rem 2rem; } dl { padding: 0.5rem 2rem 1.25rem; }
  footer { padding: 1rem 2rem 1.25rem; }
  .fact { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem; align-items: baseline; }
}
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --muted: #333; --line: #999; --accent: #000;
    --valid: #000; --revoked: #000; --expired: #000; --notFound: #000; }
  body { padding: 0; } main { max-width: none; border: 0; box-shadow: none; }
}
`;
