import type { DemoCourse } from '../types.ts';
import { nightSkyEyesQuiz, nightSkyFinalQuiz } from './night-sky-quizzes.ts';

const eyes = `Before you buy anything, use the instrument you already own. A dark-adapted human eye can see about **9,000 stars** over the whole sky, roughly half of them above the horizon at any moment. A walk out of a bright kitchen shows you perhaps fifty. The difference is mostly patience.

## What happens in the dark

1. Within seconds your pupils widen, from about 2 mm to as much as 7 mm.
2. Over the next **20 to 30 minutes** the rods of your retina rebuild *rhodopsin*, the pigment that bright light bleaches away.
3. One glance at a white phone screen undoes most of step 2. Deep red light hardly affects the rods, which is why observers carry red torches.

## Look beside it to see it

The centre of your retina is packed with cones, which see colour and detail but need a lot of light. The rods that work at night lie around it. To see a faint cluster, look slightly *to one side* of it. This is called **averted vision**, and the first time it makes a galaxy appear out of nothing you will laugh out loud.

## How dark is your sky?

| Bortle class | Place | What you can see |
|---|---|---|
| 1 | remote desert, high island | the Milky Way casts faint shadows |
| 4 | edge of a village | Milky Way clear overhead, dull low down |
| 6 | bright suburb | only traces of the Milky Way |
| 9 | city centre | the Moon, planets and a few dozen stars |

Tonight: go out, set a timer for twenty minutes, and count the stars inside the Big Dipper's bowl or the square of Pegasus at the start and at the end.`;

const magnitudes = `Ancient astronomers sorted the stars into six classes: the brightest were "of the first magnitude", the faintest "of the sixth". The star catalogue in Ptolemy's *Almagest*, from the second century, is ordered this way, and we have been stuck with a scale on which **smaller means brighter** ever since.

## From habit to law

In 1856 Norman Pogson made the habit exact. A difference of five magnitudes is, by definition, a factor of **100** in brightness. One magnitude is therefore the fifth root of 100, about 2.512.

~~~text
ratio = 100 ^ ((m2 - m1) / 5)
~~~

A star of magnitude 1 sends us 100 times as much light as a star of magnitude 6. And because the scale now has a formula, nothing stops it at 1: bright things simply run into negative numbers.

| Object | Apparent magnitude |
|---|---|
| Sun | −26.7 |
| Full Moon | −12.7 |
| Venus at its brightest | −4.9 |
| Sirius, the brightest star at night | −1.5 |
| Vega | 0.0 |
| Polaris, the North Star | 2.0 |
| Faintest for the naked eye, dark site | about 6.5 |

## Apparent is not absolute

The numbers above say how bright a thing *looks*. Deneb, at magnitude 1.25, looks a third as bright as its neighbour Vega, yet it is one of the most luminous stars you can see: it stands something like a hundred times farther away. Astronomers compare honest candles by **absolute magnitude**, the brightness a star would have from 10 parsecs, or 32.6 light years. Seen from there our own Sun would be a modest 4.8, lost in any suburb.`;

const signposts = `You do not need to learn 88 constellations. You need a few bright shapes that point to everything else.

## 1. The Big Dipper

Find the seven stars of the Dipper (in Britain, the Plough). The two at the outer edge of the bowl, **Merak** and **Dubhe**, are the Pointers. Carry the line from Merak through Dubhe onward for about **five times** the distance between them and you meet **Polaris**, which stands within a degree of the north celestial pole.

The height of Polaris above your horizon, in degrees, is very nearly your latitude. Sailors crossed oceans on that one fact.

Now follow the curve of the Dipper's handle away from the bowl: *arc to Arcturus, speed on to Spica*.

## 2. Orion's Belt

From November to March three stars in a short straight row are hard to miss from nearly everywhere on Earth.

- Down and to the left (seen from the north), the belt points to **Sirius**.
- Up and to the right, it points to orange **Aldebaran**, the eye of the Bull.
- Across the belt, compare red **Betelgeuse** with blue-white **Rigel**: colour is temperature, and here red is the cooler one.

## 3. The Southern Cross

South of the equator there is no bright pole star. Extend the long axis of **Crux** by about four and a half times its length, and drop straight down from there to find south. Beware of the "False Cross" nearby: it is larger and fainter, and lacks the two bright Pointers, Alpha and Beta Centauri.

> A fist at arm's length covers about 10°, a little finger about 1°. The full Moon is only half a degree wide.`;

const turning = `Point a camera at Polaris for an hour and every star draws an arc around it. The stars are not moving; you are. The Earth turns through 360° a day, so the sky seems to wheel **15° an hour**, from east to west.

## The four minutes

Here is a puzzle. If you note that Sirius clears your neighbour's roof at 21:00 tonight, it will do so at about **20:56** tomorrow. Why?

While it turns once, the Earth also moves along its orbit, nearly one degree a day. To bring the *Sun* back to the south it must turn that one degree more, which takes four minutes. A turn with respect to the stars, a **sidereal day**, lasts 23 h 56 min 4 s; our clocks follow the Sun and its 24 hours.

Four minutes seem trifling, but they add up:

- a month: about two hours earlier
- half a year: twelve hours, so what rose at dusk now rises at dawn
- a year: a full day, and the pattern begins again

That is why Orion belongs to winter evenings in the north, and Scorpius to summer ones.

## What never sets

Stars close enough to the pole never touch the horizon. From latitude 50° N everything within 50° of the pole is **circumpolar**: Cassiopeia and the Dipper are there on every clear night. At the North Pole every visible star is circumpolar; on the equator none is.

## The road of the planets

The Sun, the Moon and all the planets keep to one narrow band, the **ecliptic**, because the solar system is nearly flat. A bright "star" that is not on your chart and stands in that band is almost certainly a planet.`;

const moving = `Most of the sky keeps its shape for a lifetime. The fun is in what does not.

## Star or planet?

Stars are points, and moving air makes a point of light flicker. Planets are tiny discs, whose flickers average out. So: **stars twinkle, planets shine steadily**, at least when they are well above the horizon.

- **Venus** never strays more than 47° from the Sun: look for it after sunset or before sunrise, not in the middle of the night.
- **Jupiter** is brighter than any star. Steady binoculars show up to four moons, the ones Galileo found in January 1610.
- **Mars** is orange, and brightens strikingly about every 26 months, when we overtake it.

## The Moon's pace

The Moon moves eastward against the stars by about its own width an hour, or 13° a day. It rises on average 50 minutes later each day.

## Meteor showers worth a blanket

| Shower | Peak | Parent body |
|---|---|---|
| Quadrantids | 3–4 January | asteroid 2003 EH1 |
| Perseids | 12–13 August | comet Swift–Tuttle |
| Leonids | 17–18 November | comet Tempel–Tuttle |
| Geminids | 13–14 December | asteroid Phaethon |

After midnight you stand on the leading side of the Earth, and meteors come more often, as raindrops do on the windscreen rather than on the rear window.

## And satellites

A steady light that glides across the sky in a few minutes without blinking is a satellite. The brightest is the International Space Station, which circles the Earth in about 93 minutes. It fades in mid-sky when it enters the Earth's shadow.`;

const log = `Charles Messier listed about a hundred fuzzy objects so that he would stop mistaking them for comets. The list made him more famous than all the comets he found. Yours need not be grander than a pencil and a cheap notebook.

## What to write down

- **Date and time**, with the time zone. Astronomers use Universal Time, so that notes from different countries can be compared.
- **Place**, and how dark it was. The faintest star you could see in a known pattern is a better measure than any adjective.
- **Seeing** (is the air steady?) and **transparency** (is it clear?), each from 1 to 5. They are different things: a hazy summer night is often beautifully steady.
- **Instrument**, even if it is "eyes".
- **A sketch.** Drawing forces you to look for another minute, and it is in that minute that detail appears.

## A sample entry

~~~text
2025-08-12  22:40 UT   balcony, facing NE, eyes
Limit: could hold 4.6 in Cygnus   seeing 4/5   transp. 3/5
Perseids: 11 in 30 min, two with trains (~2 s)
Albireo in 8x42: not split. Try the tripod.
~~~

## Why bother?

Because memory flatters. After a year your notes will show you that you now find in seconds what once took an evening. They can also be of use: amateurs' records of variable stars, kept for more than a century by associations around the world, are still used in research.

This lesson is optional. Read it once, keep one entry, and see whether you keep a second.`;

export const nightSky: DemoCourse = {
  key: 'night-sky',
  owner: 'instructor@example.com',
  coInstructors: ['yumi.tanaka@example.org'],
  status: 'published',
  createdDaysAgo: 190,
  publishedDaysAgo: 178,
  body: {
    title: 'Reading the Night Sky',
    description: `Learn to find your way among the stars **with nothing but your eyes**. In nine short lessons you will let your eyes adapt to the dark, read brightness as astronomers do, hop from a few bright signposts to the rest of the sky, and tell a planet from a star and a star from a satellite.

You need:

- a clear evening now and then
- a place away from the nearest street lamp
- twenty minutes of patience

No mathematics beyond a square root, no telescope, no previous knowledge. Examples cover both hemispheres.`,
    category: 'science',
    level: 'beginner',
    language: 'en',
    visibility: 'listed',
    selfEnrollment: 'open',
  },
  sections: [
    {
      title: 'Before you look up',
      lessons: [
        {
          key: 'eyes',
          title: 'Your eyes are the first telescope',
          type: 'text',
          isPreview: true,
          content: eyes,
        },
        {
          key: 'magnitudes',
          title: 'Magnitudes: a ladder that runs backwards',
          type: 'text',
          content: magnitudes,
        },
        { key: 'eyes-quiz', title: 'Check: eyes and brightness', type: 'quiz', quiz: nightSkyEyesQuiz },
      ],
    },
    {
      title: 'Finding your way',
      lessons: [
        { key: 'signposts', title: 'Three signposts that never fail', type: 'text', content: signposts },
        {
          key: 'star-hopping',
          title: 'Star-hopping from Orion',
          type: 'video',
          content:
            "A tour in real time from Orion's Belt to Sirius, Procyon, the Twins, Capella and the Pleiades. Pause whenever you like: the path forms a hexagon.",
          videoUrl: 'https://media.example.com/night-sky/star-hopping-from-orion.mp4',
          durationSeconds: 548,
        },
        { key: 'turning', title: 'Why the sky turns', type: 'text', content: turning },
      ],
    },
    {
      title: 'What moves',
      lessons: [
        { key: 'moving', title: 'Planets, meteors and machines', type: 'text', content: moving },
        { key: 'log', title: 'Keeping an observing log', type: 'text', isRequired: false, content: log },
        { key: 'final-quiz', title: 'Under the open sky', type: 'quiz', quiz: nightSkyFinalQuiz },
      ],
    },
  ],
};
