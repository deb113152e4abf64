import type { DemoCourse } from '../types.ts';
import { breadDoughQuiz, breadFinalQuiz } from './bread-quizzes.ts';

const ingredients = `Ein gutes Brot braucht keine langen Zutatenlisten. Es braucht vier Dinge, und das vierte steht auf keiner Packung: Zeit.

## Was die Typenzahl bedeutet

Verbrennt man 100 g Mehl (genauer: Trockensubstanz) bei etwa 900 °C, so bleiben die Mineralstoffe als Asche zurück. Die **Typenzahl** gibt an, wie viele Milligramm das sind. Je höher sie ist, desto mehr Randschichten des Korns stecken im Mehl, desto dunkler und kräftiger wird das Brot.

| Mehl | Asche je 100 g | Geeignet für |
|---|---|---|
| Weizen 405 | rund 405 mg | Kuchen, feines Gebäck |
| Weizen 550 | rund 550 mg | Brötchen, helle Brote |
| Weizen 1050 | rund 1050 mg | Mischbrot |
| Roggen 1150 | rund 1150 mg | Graubrot, Sauerteigbrot |
| Vollkorn | ohne Typenzahl | das ganze Korn ist enthalten |

## Was im Teig geschieht

- **Wasser** lässt zwei Eiweiße des Weizens, *Gliadin* und *Glutenin*, zu einem dehnbaren Netz zusammenfinden: dem Gluten. Es hält die Gärgase fest.
- **Salz** würzt, strafft das Gluten und bremst die Hefe ein wenig. Üblich sind etwa 2 % der Mehlmenge.
- **Hefe** vergärt Zucker zu Kohlendioxid und Alkohol. Das Gas lockert, der Alkohol verdampft im Ofen.
- **Zeit** lässt Enzyme arbeiten. Sie spalten Stärke in Zucker und Eiweiße in kleinere Bausteine: die Vorstufen von Kruste und Aroma.

## Der einfachste Versuch

Verrühre 100 g Weizenmehl mit 65 g Wasser und lass den Klumpen 30 Minuten zugedeckt stehen. Ziehe dann daran: Er ist glatt und dehnbar geworden, ohne dass jemand geknetet hat. Bäcker nennen diese Ruhe **Autolyse**.`;

const percent = `In Backbüchern stehen Rezepte in Gramm, in Backstuben stehen sie in **Bäckerprozenten**. Der Gedanke ist einfach: Die gesamte Mehlmenge ist immer 100 %, alles andere wird darauf bezogen.

| Zutat | Prozent | für 500 g Mehl | für 2 kg Mehl |
|---|---|---|---|
| Weizenmehl 550 | 100 % | 500 g | 2000 g |
| Wasser | 68 % | 340 g | 1360 g |
| Salz | 2 % | 10 g | 40 g |
| Frischhefe | 1 % | 5 g | 20 g |
| **Summe** | **171 %** | **855 g** | **3420 g** |

## Vorwärts und rückwärts

Du willst drei Laibe zu je 900 g Teig? Dann brauchst du 2700 g Teig. Teile durch die Summe der Prozente: 2700 ÷ 1,71 = rund **1579 g Mehl**. Alles Weitere folgt daraus.

## Die Teigausbeute

In deutschen Rezepten begegnet dir oft die **Teigausbeute** (TA). Sie sagt, wie viel Teig man aus 100 Teilen Mehl erhält, wobei nur Mehl und Wasser gezählt werden:

~~~text
TA = (Mehl + Wasser) / Mehl × 100
~~~

- TA 155: fest, zum Beispiel für Brezeln
- TA 165 bis 170: gut formbarer Brotteig
- TA 180 und mehr: weich, mit großen Poren wie beim Ciabatta

Ein Teig mit 68 % Wasser hat also TA 168. Vollkornmehl bindet mehr Wasser als helles; rechne mit fünf bis zehn Prozentpunkten zusätzlich.

## Warum das nützlich ist

Wer in Prozenten denkt, erkennt auf einen Blick, ob ein unbekanntes Rezept salzig, weich oder hefelastig ist, und findet Druckfehler, bevor sie im Ofen stehen.`;

const sourdough = `Ein Sauerteig ist Mehl und Wasser, in dem zwei Gruppen von Lebewesen miteinander auskommen: **wilde Hefen**, die lockern, und **Milchsäurebakterien**, die säuern. Beide sitzen schon auf dem Korn. Man muss sie nur füttern.

## In fünf Tagen zum Anstellgut

1. **Tag 1:** 50 g Roggenvollkornmehl und 50 g warmes Wasser verrühren, locker abdecken, bei etwa 26 °C stehen lassen.
2. **Tag 2:** Umrühren. Es riecht noch wenig angenehm, das ist normal.
3. **Tag 3 und 4:** Je 50 g abnehmen und mit 50 g Mehl und 50 g Wasser auffrischen.
4. **Tag 5:** Verdoppelt sich der Teig in sechs bis acht Stunden und riecht mild säuerlich, ist er fertig.

Was du aufbewahrst, heißt **Anstellgut**. Im Kühlschrank hält es sich gut eine Woche bis zur nächsten Fütterung. Farbige Flecken oder pelziger Belag sind Schimmel: dann weg damit, ohne Ausnahme.

## Wärme entscheidet über den Geschmack

| Führung | Temperatur | Ergebnis |
|---|---|---|
| warm, weich | 28–32 °C | milde Milchsäure, joghurtartig |
| kühl, fest | 20–25 °C | mehr Essigsäure, kräftiger |

## Warum Roggen Säure braucht

Roggen bildet kaum ein Glutennetz; seinen Teig halten Schleimstoffe, die *Pentosane*, und die verkleisternde Stärke zusammen. Roggen enthält aber auch viel **Amylase**, ein Enzym, das im warmen Ofen die Stärke abbaut. Ohne Säure bleibt die Krume klitschig. Die Säure bremst die Amylase: Deshalb ist Sauerteig für ein reines Roggenbrot keine Geschmacksfrage, sondern eine Notwendigkeit.`;

const baking = `Der Teig ist reif, wenn er sich deutlich vergrößert hat und eine leichte Delle vom Finger nur langsam zurückfedert. Springt sie sofort zurück, warte noch. Bleibt sie ganz, beeile dich.

## Spannung ist alles

Ziehe beim Formen die Oberfläche straff nach unten, bis der Laib wie ein praller Ballon sitzt. Diese Haut hält das Gas zusammen und lässt das Brot nach oben aufgehen statt in die Breite.

## Der Schnitt

Mit einer Klinge, etwa einen halben Zentimeter tief und zügig. Der Schnitt ist kein Schmuck: Er bestimmt, **wo** das Brot aufreißt. Ohne ihn sucht es sich selbst eine Stelle, meist am Rand.

## Drei Vorgänge im Ofen

| Temperatur im Teig | Was geschieht |
|---|---|
| bis etwa 45 °C | die Hefe gärt immer schneller: *Ofentrieb* |
| ab etwa 60 °C | Stärke verkleistert, Eiweiß gerinnt: die Krume steht |
| an der Kruste über 140 °C | Maillard-Reaktion: Farbe und Röstaroma |

## So gehst du vor

- Ofen mit Stein oder Blech mindestens 40 Minuten auf **250 °C** vorheizen.
- Laib einschießen und für **Dampf** sorgen: Er hält die Haut in den ersten zehn Minuten dehnbar und macht die Kruste glänzend. Bäcker sagen *Schwaden*.
- Nach zehn Minuten Dampf ablassen und auf **210 °C** stellen.
- Ein Laib von 900 g braucht insgesamt etwa 45 bis 50 Minuten.

Sicher ist die **Kerntemperatur**: 96 bis 98 °C. Und dann kommt der schwerste Teil: Lass das Brot auf einem Gitter auskühlen. Die Krume wird erst dabei fest.`;

const faults = `Ein misslungenes Brot ist ein Protokoll. Wer es lesen kann, macht denselben Fehler kein drittes Mal.

## Die häufigsten Befunde

| Befund | Wahrscheinliche Ursache | Abhilfe |
|---|---|---|
| flach, breit gelaufen | Übergare oder zu wenig Spannung | früher backen, straffer formen |
| dichte Krume, seitlich aufgerissen | Untergare | länger gehen lassen, tiefer schneiden |
| klitschiger Streifen über dem Boden | zu wenig Unterhitze oder zu früh angeschnitten | Stein länger vorheizen, auskühlen lassen |
| blasse, matte Kruste | zu wenig Dampf oder zu wenig Restzucker im Teig | schwaden, kürzere Gare |
| Hohlraum unter der Kruste | Untergare oder zu heißer Beginn | Stückgare verlängern |
| fader Geschmack | Salz vergessen oder zu kurze Führung | abwiegen, Teig über Nacht in den Kühlschrank |

## Eine Regel für die Suche

Ändere **immer nur eine Größe** auf einmal und schreibe sie auf: Mehl, Wassermenge, Teigtemperatur, Gehzeit, Ofen. Wer drei Dinge zugleich verändert, weiß nachher nicht, was geholfen hat.

## Die unterschätzte Größe

Am häufigsten liegt es an der **Teigtemperatur**. Fünf Grad mehr können die Gare um ein Drittel verkürzen. Bäcker rechnen deshalb vor dem Kneten aus, wie kalt das Wasser sein muss. Eine einfache Faustregel ohne Knetmaschine:

~~~text
Wassertemperatur = 2 × gewünschte Teigtemperatur − Mehltemperatur
~~~

Für 26 °C Teig und 20 °C warmes Mehl brauchst du also Wasser von 32 °C. Diese Lektion ist freiwillig. Aber hebe dir die Tabelle auf.`;

export const bread: DemoCourse = {
  key: 'bread',
  owner: 'instructor@example.com',
  status: 'published',
  createdDaysAgo: 182,
  publishedDaysAgo: 172,
  body: {
    title: 'Grundlagen des Brotbackens',
    description: `Vier Zutaten, zwei Hände und ein gewöhnlicher Haushaltsofen: Mehr braucht es nicht für ein Brot, das besser schmeckt als das meiste, was man kaufen kann. In diesem Kurs lernst du, **warum** ein Teig aufgeht, wie man Rezepte in Bäckerprozenten liest, einen Sauerteig ansetzt und am Laib erkennt, was schiefgegangen ist.

Der Kurs richtet sich an alle, die bisher nach Rezept gebacken haben und endlich verstehen wollen, was sie da tun. Eine Küchenwaage ist Pflicht, eine Knetmaschine nicht. Nach jedem Abschnitt gibt es eine kurze Prüfung, am Ende eine Aufgabe aus der Backstube.`,
    category: 'crafts',
    level: 'beginner',
    language: 'de',
    visibility: 'listed',
    selfEnrollment: 'open',
  },
  sections: [
    {
      title: 'Zutaten und Rechnen',
      lessons: [
        {
          key: 'ingredients',
          title: 'Mehl, Wasser, Salz und Zeit',
          type: 'text',
          isPreview: true,
          content: ingredients,
        },
        { key: 'percent', title: 'Bäckerprozente', type: 'text', content: percent },
        { key: 'dough-quiz', title: 'Kurzprüfung: Mehl und Wasser', type: 'quiz', quiz: breadDoughQuiz },
      ],
    },
    {
      title: 'Der Teig lebt',
      lessons: [
        { key: 'sourdough', title: 'Sauerteig: eine Gemeinschaft im Glas', type: 'text', content: sourdough },
        {
          key: 'folding',
          title: 'Dehnen und Falten statt Kneten',
          type: 'video',
          content:
            'Viermal falten im Abstand von dreißig Minuten: so wird auch ein weicher Teig ohne Maschine straff.',
          videoUrl: 'https://media.example.com/brotbacken/dehnen-und-falten.mp4',
          durationSeconds: 426,
        },
      ],
    },
    {
      title: 'Der Ofen',
      lessons: [
        { key: 'baking', title: 'Formen, einschneiden, backen', type: 'text', content: baking },
        { key: 'faults', title: 'Brotfehler lesen', type: 'text', isRequired: false, content: faults },
        {
          key: 'final-quiz',
          title: 'Abschluss: Prüfung in der Backstube',
          type: 'quiz',
          quiz: breadFinalQuiz,
        },
      ],
    },
  ],
};
