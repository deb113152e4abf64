import type { ArchiveWords } from './words.ts';

export const words: ArchiveWords = {
  heading: (project) => `Ihre Daten bei ${project}`,
  madeAt: (at) => `Erstellt am ${at}.`,
  places: {
    data: 'was über Sie gespeichert ist: eine Datei für jede Art von Daten, als JSON. Wo es von einer Art nichts gibt, fehlt die Datei.',
    files: 'die Dateien, die Sie hochgeladen haben, und Ihr Bild.',
    certificates: 'Ihre gültigen Zertifikate als PDF.',
    about: 'was jede Datei und jede Spalte ist, und was warum weggelassen wurde (auf Englisch).',
  },
  leftOutHeading: 'Nicht enthalten sind:',
  leftOut: [
    'Passwörter, Schlüssel und andere Geheimnisse, und was aus ihnen gebildet ist;',
    'was etwas über andere Menschen sagt, etwa wer Sie bewertet oder etwas an Ihrem Konto getan hat, und Listen von Personen, die Sie importiert haben;',
    'richtige Antworten von Tests, deren Kurse sie nicht zeigen.',
  ],
  times: 'Alle Zeiten sind in UTC.',
  care: 'Bewahren Sie dieses Archiv so sicher auf wie das, was darin steht.',
};
