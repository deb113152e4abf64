import type { DemoCourse } from '../types.ts';
import { coffeeDecisionQuiz, coffeeDescribeQuiz } from './coffee-statistics-quizzes.ts';

const average = `A café owner times ten shots of espresso, in seconds:

~~~text
24  25  26  26  27  27  28  28  29  60
~~~

What is a *typical* shot? There are two honest answers, and they differ.

## The mean

Add everything up and divide by how many there are: 300 ÷ 10 = **30 seconds**. Look at the list again: nine of the ten shots were *faster* than the mean. That one shot of 60 seconds, when the grinder had clogged, pulled it upwards.

## The median

Sort the values and take the one in the middle. With an even number of values, take the mean of the two in the middle: here the fifth and the sixth, both 27, so the median is **27 seconds**. Change the 60 into 600 and the median does not move at all. We say that it is **robust**.

| | with the clogged shot | without it |
|---|---|---|
| Mean | 30.0 s | 26.7 s |
| Median | 27 s | 27 s |

## Which one should you use?

- Use the **mean** when the total matters. Ten shots took 300 seconds of the barista's time, however they were spread.
- Use the **median** when you want to describe the usual case and a few values are extreme: incomes, house prices, waiting times.
- Report **both** when they differ much. The difference itself is news: it says that the data are lopsided.

One more habit to begin with today: never throw out the 60 silently. Find out what happened first. Outliers are often mistakes, sometimes discoveries, and now and then a clogged grinder.`;

const spread = `Two baristas weigh five doses each, in grams.

| | doses | mean |
|---|---|---|
| Aki | 18.0, 18.1, 17.9, 18.0, 18.0 | 18.0 |
| Ben | 16.5, 19.5, 18.0, 17.0, 19.0 | 18.0 |

The same average, and yet you know at once whose coffee you want to drink every morning. A mean without a measure of spread is half a sentence.

## The standard deviation, step by step

For Ben:

1. Subtract the mean from each value: −1.5, 1.5, 0, −1, 1.
2. Square the differences, so that they cannot cancel out: 2.25, 2.25, 0, 1, 1.
3. Add them: 6.5.
4. Divide by one less than the number of values: 6.5 ÷ 4 = 1.625. This is the **variance**.
5. Take the square root: about **1.27 g**. This is the **standard deviation**, and it is in grams again.

For Aki the same steps give 0.07 g.

~~~python
from statistics import stdev

print(round(stdev([18.0, 18.1, 17.9, 18.0, 18.0]), 2))  # 0.07
print(round(stdev([16.5, 19.5, 18.0, 17.0, 19.0]), 2))  # 1.27
~~~

## Why one less?

We measured the differences from the mean *of these five values*, which always lies as close to them as any number can. That makes the squares a little too small on average. Dividing by 4 instead of 5 corrects exactly this for the variance.

## A rule of thumb

For data in the shape of a bell, about **68 %** of the values lie within one standard deviation of the mean and about **95 %** within two. For data in other shapes it need not hold, so draw them first.`;

const chance = `In the 1920s, the story goes, Muriel Bristol declined a cup of tea from Ronald Fisher because the milk had gone in first. He doubted that anyone could taste it. So eight cups were prepared, four with milk first and four with tea first, and she was asked to find the four.

## Counting the ways

There are 70 ways to choose four cups out of eight. Only one of them is entirely right. Somebody who merely guesses therefore succeeds with probability 1/70, or **1.4 %**. That was small enough for Fisher. By most accounts she got them all.

## The same thing with coffee

Professional tasters use the **triangle test**: three cups, two alike, one different. A guesser finds the odd one with probability 1/3.

| Triangles in a row, all right | Probability for a guesser |
|---|---|
| 1 | 33 % |
| 2 | 11 % |
| 3 | 3.7 % |
| 6 | 0.14 % |

One correct triangle is worth nothing. Six are hard to explain away.

## What a p-value says, and what it does not

The probability of doing at least this well *if only luck were at work* is called the **p-value**.

- It is **not** the probability that the taster is guessing.
- It says nothing about how *large* a difference is, only how surprising the result would be without one.
- If twenty people who cannot taste anything try, one of them will, on average, reach p ≤ 0.05. Remember that when you read only about the winner.

Decide before the first sip how many cups there will be and what you will count as success. Deciding afterwards is drawing the target around the arrow.`;

const samples = `Your roaster promises bags of 250 g. You weigh 25 bags and find a mean of 251.2 g with a standard deviation of 3.0 g. May you believe the label?

## How far off can a mean be?

If you took another 25 bags you would get a slightly different mean. The typical size of that wobble is the **standard error**:

~~~text
standard error = standard deviation / √n = 3.0 / √25 = 0.6 g
~~~

Do not mix up the two. The *standard deviation* tells you how different bags are from one another. The *standard error* tells you how uncertain you are about the average bag.

## An interval instead of a number

Roughly two standard errors on each side make a **95 % confidence interval**: 251.2 ± 1.2, that is from **250.0 to 252.4 g**. If you repeated the whole procedure many times, about 95 of 100 such intervals would contain the true mean. For this roaster, the label looks fair.

## The price of precision

| Bags weighed | Standard error |
|---|---|
| 25 | 0.60 g |
| 100 | 0.30 g |
| 400 | 0.15 g |

To **halve** the error you need **four times** the work. This law of the square root governs opinion polls, clinical trials and A/B tests alike, and it is the reason why surveys so often stop at about a thousand answers: going on to four thousand would only halve what is left.

## What no formula mends

All this assumes that the bags were picked *at random*. If the roaster handed them to you, a million bags would not help. A large biased sample is merely a precise wrong answer.`;

const correlation = `Days on which a café sells much iced coffee are days on which many people get sunburnt. Nobody concludes that iced coffee burns the skin: a hidden third quantity, sunshine, drives both. Such a quantity is called a **confounder**, and it is rarely so easy to see.

## Coffee on trial

For decades, studies found more lung cancer among coffee drinkers. The explanation was in the ashtray: people who drank much coffee also **smoked** more. Where researchers compared smokers with smokers and non-smokers with non-smokers, most of the link disappeared.

In 1981 a well-known study reported a link between coffee and cancer of the pancreas. Its comparison group came largely from patients with stomach and bowel trouble, many of whom had *given up coffee because of it*. The cases did not drink unusually much; the controls drank unusually little. Later studies did not confirm the link.

## Four explanations for every correlation

1. A causes B.
2. B causes A.
3. Something else causes both.
4. Chance, or the way in which the data were selected.

Before you believe the first, say aloud why it is none of the other three.

## What would convince you?

The strongest answer is a **randomised experiment**: toss a coin to decide who gets coffee and who gets decaf, and do not tell them. The coin makes the groups alike in everything, including what nobody thought of measuring. Where that is impossible, look for evidence of different kinds that errs in different ways: dose and response, order in time, a known mechanism, and results that hold up in other countries and other decades.`;

export const coffeeStatistics: DemoCourse = {
  key: 'coffee-statistics',
  owner: 'yumi.tanaka@example.org',
  coInstructors: ['instructor@example.com'],
  status: 'published',
  createdDaysAgo: 185,
  publishedDaysAgo: 170,
  body: {
    title: 'Introduction to Statistics with Coffee',
    description: `Statistics is the art of not fooling yourself, and coffee is an excellent laboratory for it. With **ten espressos, twenty-five bags of beans and one famous cup of tea** you will learn what an average hides, how to measure spread, when a result is more than luck, and why correlation is so often a false friend.

Each lesson works through one small set of real-looking numbers by hand before it shows the formula. You will need a pencil and a pocket calculator; a few lines of Python are shown for those who like them, and can be skipped by those who don't.`,
    category: 'mathematics',
    level: 'intermediate',
    language: 'en',
    visibility: 'listed',
    selfEnrollment: 'open',
  },
  sections: [
    {
      title: 'Describing what you have',
      lessons: [
        {
          key: 'average',
          title: 'Ten espressos and two averages',
          type: 'text',
          isPreview: true,
          content: average,
        },
        { key: 'spread', title: 'Spread: the other half of the story', type: 'text', content: spread },
        { key: 'describe-quiz', title: 'Check: averages and spread', type: 'quiz', quiz: coffeeDescribeQuiz },
      ],
    },
    {
      title: 'Luck and evidence',
      lessons: [
        { key: 'chance', title: 'Could that be luck?', type: 'text', content: chance },
        {
          key: 'sampling-video',
          title: 'A thousand cafés in five minutes',
          type: 'video',
          content:
            'We simulate a thousand samples of 25 bags each and watch their means pile up into a bell, whatever the shape of the original data.',
          videoUrl: 'https://media.example.com/coffee-statistics/sampling-distribution.mp4',
          durationSeconds: 312,
          completion: { rule: 'watched', watchedPercent: 80 },
        },
      ],
    },
    {
      title: 'Deciding',
      lessons: [
        { key: 'samples', title: 'The law of the square root', type: 'text', content: samples },
        { key: 'correlation', title: 'Correlation is not a cause', type: 'text', content: correlation },
        { key: 'decision-quiz', title: 'Would you bet on it?', type: 'quiz', quiz: coffeeDecisionQuiz },
      ],
    },
  ],
};
