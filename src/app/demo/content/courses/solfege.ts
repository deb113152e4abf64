import type { DemoCourse } from '../types.ts';
import { solfegeFinalQuiz, solfegeNotesQuiz } from './solfege-quizzes.ts';

const staff = `Une partition est un graphique. L'axe horizontal est le temps, l'axe vertical la hauteur du son. Tout le reste n'est que précision.

## Cinq lignes, quatre interlignes

La **portée** compte cinq lignes, que l'on numérote **de bas en haut**. Une note se pose sur une ligne ou dans un interligne ; plus elle est haute sur la portée, plus le son est aigu. Quand la place manque, on ajoute de petites *lignes supplémentaires*.

## À quoi sert une clé ?

Sans clé, une portée ne dit rien : elle montre que l'on monte ou que l'on descend, mais pas d'où l'on part. La clé donne son nom à **une** ligne, et toutes les autres s'en déduisent.

| Clé | Ligne | Nom de la note | Pour |
|---|---|---|---|
| sol | 2e | sol | violon, flûte, main droite du piano |
| fa | 4e | fa | violoncelle, basson, main gauche du piano |
| ut | 3e | do | alto |

## D'où viennent ces noms ?

Au XIe siècle, le moine **Guido d'Arezzo** cherche un moyen d'apprendre plus vite les chants à ses choristes. Il remarque un hymne à saint Jean dont chaque vers commence un degré plus haut que le précédent :

> **Ut** queant laxis **re**sonare fibris\\
> **mi**ra gestorum **fa**muli tuorum,\\
> **sol**ve polluti **la**bii reatum,\\
> **S**ancte **I**ohannes.

*Si* n'est venu que plus tard, des initiales de *Sancte Iohannes*. Quant à *ut*, difficile à chanter, on l'a remplacé au XVIIe siècle par *do*. Les anglophones, eux, ont gardé les lettres : *la* se dit A, et *do* se dit C.

Pour demain : lisez à voix haute, sans chanter, une ligne de n'importe quelle partition.`;

const durations = `La tête de la note dit *où* ; sa forme dit *combien de temps*. Et le principe tient en un mot : **la moitié**.

| Figure | Durée, si la noire vaut 1 temps | Silence correspondant |
|---|---|---|
| ronde | 4 temps | pause |
| blanche | 2 temps | demi-pause |
| noire | 1 temps | soupir |
| croche | 1/2 temps | demi-soupir |
| double croche | 1/4 de temps | quart de soupir |

Chaque figure vaut deux fois la suivante. Une ronde contient donc seize doubles croches, et l'on n'a jamais besoin de compter plus loin que deux.

## Le point et la liaison

- Le **point** ajoute à la note la moitié de sa valeur : une blanche pointée dure 2 + 1 = 3 temps.
- La **liaison de prolongation** réunit deux notes de même hauteur : on additionne leurs durées et on ne rejoue pas la seconde.

## La mesure

Les deux chiffres placés après la clé ne forment pas une fraction, même s'ils en ont l'air. Celui **du bas** désigne une figure (4 pour la noire, 8 pour la croche), celui **du haut** dit combien il y en a par mesure.

1. **2/4** : deux noires, comme dans une marche.
2. **3/4** : trois noires, comme dans une valse.
3. **6/8** : six croches, que l'on ressent en deux groupes de trois, comme dans une barcarolle.

## Exercice sans instrument

Marchez dans la pièce d'un pas régulier : chaque pas est une noire. Tapez des mains une fois tous les deux pas, ce sont des blanches, puis deux fois par pas, ce sont des croches. Enfin, continuez à marcher et *taisez-vous* pendant quatre pas avant de reprendre exactement au bon endroit. Compter le silence est la moitié du métier.`;

const intervals = `Une mélodie se reconnaît dans n'importe quel ton, parce que l'oreille ne retient pas les notes : elle retient les **distances**. Une distance entre deux notes s'appelle un intervalle.

## Compter un intervalle

On compte les noms de notes, **les deux extrémités comprises** : de *do* à *mi*, il y a *do, ré, mi*, donc une **tierce** ; de *do* à *sol*, une **quinte** ; de *do* au *do* suivant, une **octave**.

## Tons et demi-tons

Sur le clavier d'un piano, deux touches voisines, noires comprises, sont séparées d'un **demi-ton**. Entre les touches blanches, il y a presque partout une touche noire, donc un ton entier. Deux exceptions seulement : **mi–fa** et **si–do**.

## La recette de la gamme majeure

~~~text
do   ré   mi   fa   sol   la   si   do
   1    1    ½    1     1    1    ½
~~~

Deux groupes identiques, *ton, ton, demi-ton*, séparés par un ton. Partez de n'importe quelle note, respectez ces distances, et vous obtenez une gamme majeure.

Essayons à partir de *sol* : sol, la, si (un ton, un ton), do (un demi-ton), ré, mi (un ton, un ton), puis il faut encore un ton ; or de *mi* à *fa* il n'y a qu'un demi-ton. On hausse donc le *fa* : **fa dièse**. Voilà pourquoi la gamme de *sol* majeur porte un dièse à la clé.

| Gamme majeure | À la clé |
|---|---|
| do | rien |
| sol | fa dièse |
| ré | fa dièse, do dièse |
| fa | si bémol |

## Pour l'oreille

Chantez le début de *Frère Jacques* : ce sont les trois premiers degrés de la gamme. Puis commencez-le sur une autre note : la chanson n'a pas changé.`;

export const solfege: DemoCourse = {
  key: 'solfege',
  owner: 'youssef.mansouri@example.org',
  status: 'published',
  createdDaysAgo: 130,
  publishedDaysAgo: 120,
  body: {
    title: 'Lire la musique : solfège pour débutants',
    description: `Ce cours accompagne les **ateliers du soir** du conservatoire : on y apprend à lire une portée, à compter les durées et les silences, à reconnaître un intervalle et à construire une gamme majeure à partir de n'importe quelle note.

Chaque leçon part d'une question simple (pourquoi cinq lignes ? d'où vient le mot *do* ?) et se termine par un exercice qui se fait sans instrument, en marchant ou à voix haute. Aucune connaissance préalable n'est requise.

Les inscriptions passent par le secrétariat : il n'est pas possible de s'inscrire soi-même, mais la première leçon est ouverte à tous.`,
    category: 'arts',
    level: 'beginner',
    language: 'fr',
    visibility: 'listed',
    selfEnrollment: 'closed',
  },
  sections: [
    {
      title: 'La hauteur et la durée',
      lessons: [
        { key: 'staff', title: 'La portée et les clés', type: 'text', isPreview: true, content: staff },
        { key: 'durations', title: 'Les durées : partager le temps', type: 'text', content: durations },
        {
          key: 'notes-quiz',
          title: 'Petit contrôle : notes et durées',
          type: 'quiz',
          quiz: solfegeNotesQuiz,
        },
      ],
    },
    {
      title: 'De la note à la gamme',
      lessons: [
        {
          key: 'keyboard-video',
          title: 'Tons et demi-tons au clavier',
          type: 'video',
          content:
            'Un piano filmé de dessus : on voit et on entend la différence entre un ton et un demi-ton.',
          videoUrl: 'https://media.example.com/solfege/tons-et-demi-tons.mp4',
          durationSeconds: 334,
        },
        { key: 'intervals', title: 'Intervalles et gamme majeure', type: 'text', content: intervals },
        { key: 'final-quiz', title: 'Contrôle final', type: 'quiz', quiz: solfegeFinalQuiz },
      ],
    },
  ],
};
