import type { AccountWords } from '../account-words.ts';

export const es: AccountWords = {
  confirm: {
    heading: 'Confirme su dirección',
    explanation: 'Pulse el botón para confirmar que {email} es su dirección.',
    button: 'Confirmar dirección',
  },
  confirmed: {
    heading: 'Dirección confirmada',
    explanation: 'Gracias. Ya puede cerrar esta página e iniciar sesión.',
  },
  confirmOwn: {
    heading: '¿Se ha registrado usted aquí?',
    explanation:
      'Alguien se ha registrado con {email}. Si ha sido usted, indique con qué contraseña iniciará sesión desde ahora: la que eligió entonces u otra. Lo que haya elegido otra persona deja de valer.',
    password: 'Contraseña',
    repeat: 'Repita la contraseña',
    button: 'Confirmar dirección',
    other: 'No he sido yo',
  },
  undoRegistration: {
    heading: '¿No ha sido usted?',
    explanation:
      'Pulse el botón y la cuenta que alguien creó con {email} perderá esta dirección, quedará cerrada y se borrará más adelante.',
    button: 'No he sido yo',
  },
  registrationUndone: {
    heading: 'La cuenta está cerrada',
    explanation: 'Su dirección ya no pertenece a ninguna cuenta aquí. Puede cerrar esta página.',
  },
  choose: {
    heading: 'Elija una contraseña nueva',
    explanation: 'Para la cuenta de {email}.',
    password: 'Contraseña nueva',
    repeat: 'Repita la contraseña nueva',
    hint: 'Al menos {min} caracteres. Unas cuantas palabras sin relación entre sí dan una buena.',
    button: 'Guardar contraseña',
  },
  chosen: {
    heading: 'Contraseña cambiada',
    explanation:
      'Se ha cerrado su sesión en todos los dispositivos. Cierre esta página e inicie sesión con la contraseña nueva.',
  },
  accept: {
    heading: 'Elija su contraseña',
    explanation: 'Se ha creado una cuenta para {email}. Con una contraseña podrá iniciar sesión.',
  },
  accepted: {
    heading: 'Todo está listo',
    explanation: 'Cierre esta página e inicie sesión con su contraseña.',
  },
  changeAddress: {
    heading: 'Confirme su dirección nueva',
    explanation:
      'Pulse el botón y los correos de su cuenta llegarán desde ahora a {email}. También iniciará sesión con ella.',
    button: 'Confirmar dirección',
  },
  addressChanged: {
    heading: 'Dirección cambiada',
    explanation: 'Puede cerrar esta página. Desde ahora inicie sesión con la dirección nueva.',
  },
  undoChange: {
    heading: '¿No ha sido usted?',
    explanation:
      'Pulse el botón y {email} volverá a ser la dirección de su cuenta. Todas las sesiones se cierran, la contraseña deja de valer y recibirá un correo para elegir una nueva.',
    button: 'No he sido yo',
  },
  changeUndone: {
    heading: 'Todo está como antes',
    explanation:
      'Se han cerrado todas las sesiones. Elija una contraseña nueva: el correo para ello está en camino.',
  },
  addressTaken: {
    heading: 'Esta dirección ya tiene una cuenta',
    explanation:
      'Otra cuenta tiene ya esta dirección, así que la suya no puede recibirla. Si necesita ayuda, escriba a la administración.',
  },
  invalid: {
    heading: 'Este enlace no es válido',
    explanation:
      'Cada enlace sirve una sola vez, durante un tiempo limitado y hasta que se envía otro más reciente. Si ya lo usó, todo está hecho: inicie sesión. Si no, pida uno nuevo allí donde inicia sesión.',
  },
  problems: {
    short: 'La contraseña debe tener al menos {min} caracteres.',
    long: 'La contraseña puede tener como máximo {max} caracteres.',
    common: 'Esta contraseña es una de las más usadas. Elija otra.',
    context: 'Esta contraseña se compone de nombres y palabras que cualquiera probaría primero. Elija otra.',
    personal: 'La contraseña no puede ser su nombre ni su dirección.',
    different: 'Las dos contraseñas no coinciden.',
  },
};
