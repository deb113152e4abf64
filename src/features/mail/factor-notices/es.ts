import { factorNotice } from './notice.ts';

export const secondFactors = factorNotice({
  notices: {
    totpAdded: {
      subject: 'Se ha añadido una aplicación de autenticación',
      sentence: (project) =>
        `Su cuenta en ${project} pide ahora un código de esta aplicación al iniciar sesión.`,
    },
    totpRemoved: {
      subject: 'Se ha quitado su aplicación de autenticación',
      sentence: (project) => `Su cuenta en ${project} ya no pide sus códigos.`,
    },
    passkeyAdded: {
      subject: 'Se ha añadido una llave de acceso',
      sentence: (project) => `Con ella se puede iniciar sesión en su cuenta en ${project}.`,
    },
    passkeyRemoved: {
      subject: 'Se ha quitado una llave de acceso',
      sentence: (project) => `Ya no abre su cuenta en ${project}.`,
    },
    recoveryCodesMade: {
      subject: 'Se han creado códigos de recuperación nuevos',
      sentence: (project) => `Los códigos anteriores de su cuenta en ${project} ya no valen.`,
    },
    recoveryCodeUsed: {
      subject: 'Se ha usado un código de recuperación',
      sentence: (project) =>
        `En ${project} se ha usado uno de sus códigos de recuperación en lugar de su segundo factor. Ya no vale.`,
    },
    removedByAdmin: {
      subject: 'Se han quitado sus segundos factores',
      sentence: (project) =>
        `La administración de ${project} ha quitado su aplicación de autenticación, sus llaves de acceso y sus códigos de recuperación, y todas sus sesiones se han cerrado.`,
    },
    waysRemoved: {
      subject: 'Se ha protegido su cuenta',
      sentence: (project) =>
        `Al llegar usted a su cuenta en ${project} a través de su institución, se ha quitado lo que la abría y no había elegido usted mismo: contraseña, llaves de acceso, aplicación de autenticación, claves de API y sesiones, si las había. Inicie sesión mediante su institución o restablezca su contraseña.`,
    },
    waysRemovedForRights: {
      subject: 'Elija una nueva contraseña',
      sentence: (project) =>
        `Desde ahora puede hacer más en ${project}. Para que nadie más lo haga en su nombre, se ha quitado lo que abría su cuenta y no había elegido solo usted: contraseña, llaves de acceso, aplicación de autenticación, claves de API y sesiones, si las había. Si tenía contraseña, otro correo le pide que elija una nueva.`,
    },
    codesRefused: {
      subject: 'Alguien intenta adivinar sus códigos',
      sentence: (project) =>
        `Para su cuenta en ${project} se han enviado varios códigos erróneos, por alguien que conoce su contraseña o tiene una de sus sesiones. Si no ha sido usted, elija una contraseña nueva.`,
    },
  },
  when: 'Cuándo',
  codesLeft: 'Códigos de recuperación restantes',
  preheader: 'Si no ha sido usted, actúe ahora.',
  alarm: 'Si no ha sido usted, elija enseguida una contraseña nueva y avise a la administración.',
});
