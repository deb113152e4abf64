export const font = `system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans Arabic',Arial,sans-serif`;

export const colors = {
  page: '#eef1f1',
  card: '#ffffff',
  ink: '#1c1c1f',
  muted: '#565d65',
  line: '#d9e0e2',
  accent: '#0f4c5c',
} as const;

/** What cannot stand within an element: narrow screens and dark ones. */
export const mailStyle = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 480px) {
  .outer { padding: 16px 8px !important; }
  .cell { padding-left: 20px !important; padding-right: 20px !important; }
  .name, .foot { padding-left: 20px !important; padding-right: 20px !important; }
}
@media (prefers-color-scheme: dark) {
  .page { background-color: #101415 !important; }
  .card { background-color: #191f21 !important; border-color: #2f383b !important; }
  .line { border-color: #2f383b !important; }
  .ink { color: #eceff0 !important; }
  .muted { color: #a6b0b5 !important; }
  .name, .link { color: #8cc7d6 !important; }
  .button { background-color: #8cc7d6 !important; }
  .onbutton { color: #0c2026 !important; }
}
`;
