import type { MailModels } from '../kinds.ts';
import type { MailContent } from '../words.ts';

export function suspended({ reason, endsAt }: MailModels['suspended'], project: string): MailContent {
  return {
    subject: 'Su cuenta está suspendida',
    preheader: 'Por ahora no puede iniciar sesión.',
    heading: 'Su cuenta está suspendida',
    paragraphs: [
      `La administración ha suspendido su cuenta en ${project}. No puede iniciar sesión; sus cursos y resultados se conservan.`,
    ],
    facts: [
      ...(endsAt === null ? [] : ([['Hasta', endsAt]] as const)),
      ...(reason === null ? [] : ([['Motivo', reason]] as const)),
    ],
    notes: ['Si cree que es un error, escriba a la administración.'],
  };
}

export function suspensionEnded({ homeUrl }: MailModels['suspensionEnded'], project: string): MailContent {
  return {
    subject: 'Puede volver a iniciar sesión',
    preheader: 'Su cuenta ya no está suspendida.',
    heading: 'Puede volver a iniciar sesión',
    paragraphs: [`Su cuenta en ${project} ya no está suspendida. Todo está como lo dejó.`],
    ...(homeUrl !== null && { button: { label: 'Iniciar sesión', url: homeUrl } }),
  };
}

export function impersonated(
  { adminName, reason, at }: MailModels['impersonated'],
  project: string,
): MailContent {
  return {
    subject: 'La administración ha consultado su cuenta',
    preheader: 'Quién y por qué se dice en este mensaje.',
    heading: 'La administración ha consultado su cuenta',
    paragraphs: [
      `Una persona de la administración de ${project} ve, durante un cuarto de hora como máximo, lo que usted ve al iniciar sesión. Con ello no se pueden cambiar su contraseña, sus segundos factores ni sus respuestas.`,
    ],
    facts: [
      ['Quién', adminName],
      ['Desde', at],
      ['Motivo', reason],
    ],
    notes: [
      'Puede ponerle fin en cualquier momento donde ve sus sesiones. Si cree que no es correcto, escriba a la administración.',
    ],
  };
}
