import { accessNotice, addressNotice, type AccountNoticeWords } from './notice.ts';

const words: AccountNoticeWords = {
  addresses: {
    confirm: {
      subject: 'Confirme su dirección nueva',
      sentence: (project) =>
        `Alguien, esperamos que usted, quiere esta dirección para una cuenta en ${project}. En cuanto la confirme, los correos llegarán aquí y con ella iniciará sesión.`,
    },
    asked: {
      subject: 'Se ha pedido otra dirección',
      sentence: (project) =>
        `Alguien que ha iniciado sesión en su cuenta en ${project} ha pedido otra dirección. Valdrá en cuanto se confirme allí. Si ha sido usted, no tiene que hacer nada.`,
    },
    changed: {
      subject: 'Su dirección ha cambiado',
      sentence: (project) =>
        `Su cuenta en ${project} tiene otra dirección, a la que llegarán los correos desde ahora. Si ha sido usted, no tiene que hacer nada.`,
    },
    changedByAdmin: {
      subject: 'La administración ha cambiado su dirección',
      sentence: (project) => `La administración de ${project} ha cambiado la dirección de su cuenta.`,
    },
    wanted: {
      subject: 'Alguien quiere usar su dirección',
      sentence: (project) =>
        `Alguien, quizá usted, ha pedido usar esta dirección para otra cuenta en ${project}. Pertenece a su cuenta, y nada ha cambiado.`,
    },
  },
  confirm: 'Confirmar dirección',
  stop: 'Si no ha sido usted, deténgalo: todas las sesiones se cierran, esta dirección vuelve a valer y usted elige una contraseña nueva.',
  notMe: 'No he sido yo',
  validFor: (span) => `El enlace sirve una sola vez, durante ${span}.`,
  newAddress: 'Dirección nueva',
  ignore: 'Si no ha sido usted, no haga nada.',
  access: {
    apiKeyCreated: {
      subject: 'Se ha creado una clave de API',
      sentence: (project) =>
        `Con ella un programa puede actuar por usted en ${project}, hasta que usted la revoque o caduque.`,
    },
    apiKeyRotated: {
      subject: 'Una clave de API tiene un secreto nuevo',
      sentence: (project) =>
        `Con él un programa puede actuar por usted en ${project}. El secreto anterior vale 24 horas más.`,
    },
    identityLinked: {
      subject: 'Se ha vinculado otra forma de iniciar sesión',
      sentence: (project) =>
        `Desde ahora se puede iniciar sesión en su cuenta en ${project} mediante este proveedor.`,
    },
    erasureRequested: {
      subject: 'Su cuenta se va a borrar',
      sentence: (project) =>
        `Alguien ha pedido que se borre su cuenta en ${project}, con todo lo que se guarda de usted. Hasta entonces se puede retirar.`,
    },
  },
  name: 'Nombre',
  when: 'Cuándo',
  endsAt: 'Se borra el',
  preheader: 'Si no ha sido usted, actúe ahora.',
  alarm: 'Si no ha sido usted, elija enseguida una contraseña nueva y avise a la administración.',
};

export const emailChange = addressNotice(words);
export const accountAccess = accessNotice(words);
