import { accountAccess, emailChange } from '../access-notices/es.ts';
import { impersonated, suspended, suspensionEnded } from '../account-notices/es.ts';
import { secondFactors } from '../factor-notices/es.ts';
import { emailVerification, welcome } from '../registration-notices/es.ts';
import type { MailWords } from '../words.ts';

export const words: MailWords = {
  language: 'es',
  direction: 'ltr',
  greeting: (name) => (name === null ? 'Hola:' : `Hola, ${name}:`),
  buttonFallback: 'Si el botón no funciona, abra esta dirección en el navegador:',
  footer: (project) => `Recibe este correo porque tiene una cuenta en ${project}.`,
  unsubscribe: 'No recibir más correos de este tipo',
  mails: {
    welcome,
    emailVerification,
    passwordReset: ({ resetUrl, validFor }, project) => ({
      subject: 'Elija una contraseña nueva',
      preheader: `El enlace sirve una sola vez, durante ${validFor}.`,
      heading: 'Elija una contraseña nueva',
      paragraphs: [
        `Alguien ha pedido una contraseña nueva para su cuenta en ${project}. Si ha sido usted, elíjala aquí:`,
      ],
      button: { label: 'Elegir la contraseña', url: resetUrl },
      notes: [
        `El enlace sirve una sola vez, durante ${validFor}.`,
        'Si no ha sido usted, no haga nada: su contraseña no cambia.',
      ],
    }),
    invitation: ({ acceptUrl, validFor }, project) => ({
      subject: `Su cuenta en ${project}`,
      preheader: 'Está lista. Elija una contraseña para iniciar sesión.',
      heading: `Su cuenta en ${project}`,
      paragraphs: [
        `Se ha creado una cuenta para usted en ${project}. Elija una contraseña y podrá iniciar sesión:`,
      ],
      button: { label: 'Elegir la contraseña', url: acceptUrl },
      notes: [
        `El enlace sirve una sola vez, durante ${validFor}.`,
        'Si no lo esperaba, no haga nada: sin contraseña nadie puede usar la cuenta.',
      ],
    }),
    passwordChanged: ({ changedAt, device, hasOpenSession }, project) => ({
      subject: 'Su contraseña ha cambiado',
      preheader: 'Si no ha sido usted, actúe ahora.',
      heading: 'Su contraseña ha cambiado',
      paragraphs: [
        hasOpenSession
          ? `La contraseña de su cuenta en ${project} ha cambiado y todas sus demás sesiones se han cerrado.`
          : `La contraseña de su cuenta en ${project} ha cambiado y todas sus sesiones se han cerrado.`,
      ],
      facts: [['Cambiada', changedAt], ...(device === null ? [] : ([['Dispositivo', device]] as const))],
      notes: ['Si no ha sido usted, pida enseguida una contraseña nueva y avise a la administración.'],
    }),
    emailChange,
    accountAccess,
    secondFactors,
    accountExists: ({ forgottenUrl }, project) => ({
      subject: 'Ya tiene una cuenta',
      preheader: 'Alguien ha intentado registrarse con su dirección.',
      heading: 'Ya tiene una cuenta',
      paragraphs: [
        `Alguien, quizá usted, ha intentado registrarse en ${project} con esta dirección. Ya hay una cuenta con ella.`,
        'Inicie sesión con su contraseña. Pida una nueva si la ha olvidado, o si no se acepta porque esta dirección no estaba confirmada.',
      ],
      ...(forgottenUrl !== null && { button: { label: 'Pedir una contraseña nueva', url: forgottenUrl } }),
      notes: ['Si no ha sido usted, no haga nada.'],
    }),
    suspended,
    suspensionEnded,
    impersonated,
    dataExport: ({ exportUrl, availableUntil }, project) => ({
      subject: 'Sus datos están listos',
      preheader: `Puede descargarlos hasta el ${availableUntil}.`,
      heading: 'Sus datos están listos',
      paragraphs: [
        `Todo lo que ${project} guarda sobre usted está en un archivo. Inicie sesión para descargarlo; después del momento indicado abajo se elimina.`,
      ],
      facts: [['Disponible hasta', availableUntil]],
      ...(exportUrl !== null && { button: { label: 'Descargar sus datos', url: exportUrl } }),
      notes: ['Si usted no lo pidió, cambie su contraseña de inmediato y avise a los administradores.'],
    }),
    enrollment: ({ courseTitle, courseUrl }) => ({
      subject: `Inscripción confirmada: ${courseTitle}`,
      preheader: 'Puede empezar ahora mismo.',
      heading: courseTitle,
      paragraphs: ['Su inscripción en este curso está confirmada y puede empezar ahora mismo.'],
      ...(courseUrl !== null && { button: { label: 'Ir al curso', url: courseUrl } }),
    }),
    completion: ({ courseTitle, completedOn, number, isReissue, verifyUrl, pdfUrl }) => ({
      subject: `Su certificado: ${courseTitle}`,
      preheader: isReissue ? 'Sustituye a su certificado anterior.' : 'Ha completado el curso.',
      heading: isReissue ? 'Su nuevo certificado' : '¡Enhorabuena!',
      paragraphs: [
        isReissue
          ? 'Su certificado se ha emitido de nuevo. Sustituye al anterior, que ya no es válido.'
          : 'Ha completado el curso y su certificado ya está emitido.',
      ],
      facts: [
        ['Curso', courseTitle],
        ['Completado el', completedOn],
        ['Número de certificado', number],
      ],
      invitation: 'Su página demuestra a cualquiera que es auténtico:',
      button: { label: 'Ver el certificado', url: verifyUrl },
      ...(pdfUrl !== null && { link: { label: 'Descargar el PDF', url: pdfUrl } }),
      ...(pdfUrl === null && { notes: ['Al iniciar sesión encontrará el PDF entre sus certificados.'] }),
    }),
    certificateRevoked: ({ courseTitle, number, reason, verifyUrl }) => ({
      subject: `Su certificado ha sido revocado: ${courseTitle}`,
      preheader: 'Ya no es válido. Dentro se explica el motivo.',
      heading: 'Su certificado ha sido revocado',
      paragraphs: ['Este certificado ya no es válido, y así lo indica su página.'],
      facts: [
        ['Curso', courseTitle],
        ['Número de certificado', number],
        ['Motivo', reason],
      ],
      button: { label: 'Ver su página', url: verifyUrl },
      notes: ['Si cree que es un error, escriba a la administración.'],
    }),
    grade: ({ courseTitle, lessonTitle, result, courseUrl }) => ({
      subject: `Sus respuestas han sido calificadas: ${lessonTitle}`,
      preheader: result === null ? courseTitle : `${result.score} de ${result.maxScore} puntos`,
      heading: 'Sus respuestas han sido calificadas',
      paragraphs: ['Alguien ha leído y calificado sus respuestas.'],
      facts: [
        ['Curso', courseTitle],
        ['Cuestionario', lessonTitle],
        ...(result === null
          ? []
          : ([
              ['Puntos', `${result.score} de ${result.maxScore}`],
              ['Resultado', result.isPassed ? 'aprobado' : 'no aprobado'],
            ] as const)),
      ],
      ...(courseUrl !== null && { button: { label: 'Ir al curso', url: courseUrl } }),
    }),
    reminder: ({ courseTitle, progressPercent, courseUrl }) => ({
      subject: `Su curso le espera: ${courseTitle}`,
      preheader: `Lleva hecho el ${progressPercent}.`,
      heading: courseTitle,
      paragraphs: [`Hace tiempo que no entra en este curso. Lleva hecho el ${progressPercent}.`],
      ...(courseUrl !== null && { button: { label: 'Continuar', url: courseUrl } }),
    }),
    webhookDisabled: ({ reasonCode, receiver, webhookUrl }) => ({
      subject: 'Un webhook ha sido desactivado',
      preheader: 'Ya no se le envía nada.',
      heading: 'Un webhook ha sido desactivado',
      paragraphs: [
        reasonCode === 'gone'
          ? 'Su receptor ha respondido que ya no existe (410), así que no se le envía nada más.'
          : 'Durante un día todas las entregas han fallado, así que no se le envía nada más.',
        'Cuando el receptor vuelva a funcionar, active el webhook y haga que se le entregue de nuevo lo que falta.',
      ],
      facts: [['Receptor', receiver]],
      ...(webhookUrl !== null && { button: { label: 'Ver el webhook', url: webhookUrl } }),
    }),
  },
  page: {
    title: 'Darse de baja',
    kinds: {
      enrollment: 'nuevas inscripciones',
      completion: 'certificados',
      certificateRevoked: 'certificados revocados',
      grade: 'calificaciones',
      reminder: 'cursos que esperan',
      webhookDisabled: 'webhooks desactivados',
    },
    question: (kind) => `¿No recibir más correos sobre ${kind}?`,
    button: 'Darse de baja',
    doneTitle: 'Baja confirmada',
    done: (kind) => `No recibirá más correos sobre ${kind}.`,
    account: 'En su cuenta puede elegir en cualquier momento de qué quiere recibir avisos.',
    unknownTitle: 'Este enlace no funciona',
    unknown:
      'Está incompleto o no es nuestro. Ábralo de nuevo desde el correo, o inicie sesión y elija allí de qué quiere recibir avisos.',
    signIn: 'Iniciar sesión',
  },
};
