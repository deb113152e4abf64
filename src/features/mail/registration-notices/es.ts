import { verificationOf, welcomeOf, type RegistrationWords } from './notice.ts';

const words: RegistrationWords = {
  welcome: (project) => `Le damos la bienvenida a ${project}`,
  welcomeAndConfirm: (project) => `${project}: confirme su dirección`,
  isReady: 'Su cuenta está lista.',
  signIn: 'Iniciar sesión',
  noPassword: 'Si todavía no tiene contraseña, pida una nueva al iniciar sesión.',
  confirm: {
    subject: 'Confirme su dirección',
    preheader: 'Un clic demuestra que esta dirección es suya.',
    sentence: 'Confirme que esta dirección es suya:',
    button: 'Confirmar la dirección',
  },
  registered: (project) => `Alguien, esperamos que usted, se ha registrado en ${project} con esta dirección.`,
  when: 'Registro',
  ifMe: 'Si ha sido usted, confirme que esta dirección es suya:',
  notMe: 'No he sido yo',
  ifNotMe:
    'Si no ha sido usted, no la confirme: quien se registró ha elegido una contraseña. «No he sido yo» cierra la cuenta, que más adelante se borra.',
  validFor: (span) => `El enlace sirve durante ${span}.`,
  ignore: 'Si usted no lo ha pedido, no haga nada.',
};

export const welcome = welcomeOf(words);
export const emailVerification = verificationOf(words);
