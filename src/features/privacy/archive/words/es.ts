import type { ArchiveWords } from './words.ts';

export const words: ArchiveWords = {
  heading: (project) => `Sus datos en ${project}`,
  madeAt: (at) => `Creado el ${at}.`,
  places: {
    data: 'lo que se guarda sobre usted: un archivo por cada tipo de datos, en JSON. Si de un tipo no hay nada, falta el archivo.',
    files: 'los archivos que usted subió, y su imagen.',
    certificates: 'sus certificados vigentes, en PDF.',
    about: 'qué es cada archivo y cada columna, y qué se omitió y por qué (en inglés).',
  },
  leftOutHeading: 'No se incluyen:',
  leftOut: [
    'contraseñas, claves y otros secretos, ni lo que se deriva de ellos;',
    'lo que dice algo de otras personas, como quién le calificó o hizo algo en su cuenta, ni las listas de personas que usted importó;',
    'las respuestas correctas de cuestionarios cuyos cursos no las muestran.',
  ],
  times: 'Todas las horas están en UTC.',
  care: 'Guarde este archivo con el mismo cuidado que lo que contiene.',
};
