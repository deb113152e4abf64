import { pageStyle } from '#platform/pages/style.ts';

/** The only style sheet of the account pages, exactly as it stands between `<style>` and `</style>`. */
export const accountStyle = `${pageStyle}form { display: grid; gap: 1.25rem; padding: 1.5rem; }
.field { display: grid; gap: 0.35rem; }
label { font-weight: 600; }
.hint { color: var(--muted); font-size: 0.875rem; }
.problem { padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--bad-soft); color: var(--bad); }
input[type="password"] {
  width: 100%; min-height: 3rem; padding: 0.5rem 0.75rem; border: 1px solid var(--muted); border-radius: 0.5rem;
  background: var(--card); color: inherit; font: inherit;
}
input[aria-invalid="true"] { border-color: var(--bad); }
.username { position: absolute; width: 1px; height: 1px; padding: 0; border: 0; opacity: 0; }
button {
  min-height: 3rem; padding: 0.6rem 1.5rem; border: 0; border-radius: 0.5rem; background: var(--accent); color: var(--card);
  font: inherit; font-weight: 600; cursor: pointer;
}
button:hover { filter: brightness(1.15); }
input:focus-visible, button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.other { padding: 0 1.5rem 1.5rem; }
@media (min-width: 40rem) { .other { padding: 0 2rem 1.75rem; } form { padding: 1.75rem 2rem; } button { justify-self: start; } }
`;
