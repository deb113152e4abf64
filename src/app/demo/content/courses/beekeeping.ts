import type { DemoCourse } from '../types.ts';

const colony = `A honeybee alone does not survive. The unit that lives, breathes and reproduces is the **colony**, and it helps to think of it as one animal made of many.

## Who lives there

| Caste | How many in summer | How long it lives |
|---|---|---|
| Queen | one | two to five years |
| Workers (female) | 20,000 to 60,000 | about six weeks in summer, six months in winter |
| Drones (male) | several hundred | a few weeks |

The queen does not rule. She lays up to about **1,500 eggs a day** in spring, and her scent tells the workers that all is well. When it fades they raise a successor: any young female larva can become a queen if it is fed on royal jelly alone.

## A worker's career

1. **Days 1 to 3** — cleans cells.
2. **To about day 12** — nurses the larvae.
3. **To about day 20** — builds comb, ripens nectar into honey, guards the entrance.
4. **From then on** — flies out for nectar, pollen, water and resin, until her wings wear out.

The order is a habit, not a law: if many foragers are lost, younger bees take over early.

## Why a city?

Cities are warmer than the country, bloom from March to October in parks, gardens and avenues, and know few sprayed fields. But more hives do not mean more nature: where there are too many, they compete with wild bees for the same flowers. Before you get bees, ask how many hives there are within three kilometres.`;

/** A draft: three of its five lessons lack what publishing demands. */
export const beekeeping: DemoCourse = {
  key: 'beekeeping',
  owner: 'instructor@example.com',
  coInstructors: ['yumi.tanaka@example.org'],
  status: 'draft',
  createdDaysAgo: 12,
  body: {
    title: 'Urban Beekeeping: a Year on the Roof',
    description: `A year with a colony of honeybees on a city roof, **from the first inspection in spring to the quiet of winter**. The course is for people who are thinking of keeping bees and would like to know what they are getting into, before they buy a hive and a smoker.

*Work in progress.* The chapter on the colony is finished; the chapters on equipment and on the year's calendar are being written, and the filming of the inspection has to wait for a warm day without wind.`,
    category: 'science',
    level: 'advanced',
    language: 'en',
    visibility: 'listed',
    selfEnrollment: 'open',
  },
  sections: [
    {
      title: 'The colony',
      lessons: [
        { key: 'colony', title: 'One animal made of many', type: 'text', isPreview: true, content: colony },
        { key: 'colony-quiz', title: 'Check: the colony', type: 'quiz' },
      ],
    },
    {
      title: 'The year',
      lessons: [
        { key: 'equipment', title: 'Hive, smoker, veil', type: 'text' },
        {
          key: 'inspection-video',
          title: 'The first inspection in spring',
          type: 'video',
          content: 'To be filmed on the roof of the library.',
        },
        {
          key: 'winter',
          title: 'The cluster in winter',
          type: 'text',
          isRequired: false,
          content: `Notes for the lesson: bees do not hibernate; they form a cluster, shiver with their flight muscles and keep its core at some 20 °C, and at 34 °C once there is brood. They live on the honey we have left them.`,
        },
      ],
    },
  ],
};
