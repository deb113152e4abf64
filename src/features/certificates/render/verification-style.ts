import { pageStyle } from '#platform/pages/style.ts';

/** The only style sheet of the verification pages, exactly as it stands between `<style>` and `</style>`. */
export const verificationStyle = `${pageStyle}dl { padding: 0.5rem 1.5rem 1.25rem; }
dl > div { padding: 0.85rem 0; border-bottom: 1px solid var(--line); }
dl > div:last-child { border-bottom: 0; }
dt { color: var(--muted); font-size: 0.875rem; }
dd { overflow-wrap: anywhere; }
.learner dd, .course dd { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, "Noto Serif", serif; line-height: 1.3; }
.learner dd { margin-top: 0.15rem; font-size: clamp(1.5rem, 6vw, 1.9rem); }
.learner .absent { color: var(--muted); font-size: 1.1rem; font-style: italic; }
.course dd { margin-top: 0.1rem; font-size: 1.2rem; }
.number dd { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (min-width: 40rem) {
  dl { padding: 0.5rem 2rem 1.25rem; }
  .fact { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem; align-items: baseline; }
}
`;
