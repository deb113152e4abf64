import type { DemoCourse } from '../types.ts';

const textFile = `Behind the most expensive website on Earth there is, in the end, a file that you can open in the plainest editor there is. Let us write one.

~~~html
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>My first page</title>
  </head>
  <body>
    <h1>Hello</h1>
    <p>This page was written <em>by hand</em>.</p>
  </body>
</html>
~~~

Save it as *hello.html*, open it with your browser, and you have published to an audience of one.

## What the parts are

| Part | What it says |
|---|---|
| doctype | "treat me as modern HTML"; without it, browsers imitate the mistakes of the 1990s |
| html lang | the language, which decides how a screen reader pronounces the text |
| meta charset | how bytes become letters; with utf-8 every script works |
| title | the text on the tab, in bookmarks and in search results |
| body | what people see |

## Elements, tags, attributes

An **element** such as a paragraph begins with an opening *tag* and usually ends with a closing one. **Attributes** stand in the opening tag as name and value. A few elements, for example images and line breaks, have no content and so no closing tag.

## Where it came from

Tim Berners-Lee proposed the Web at CERN in March 1989. The first site explained what the Web was, with plain text and links. Pages written that way still open today in every browser; very little software of that age can say the same.

Your turn: add a second paragraph and reload.`;

const structure = `HTML does not describe how a text *looks* but what its parts *are*. Get the structure right and looks, search engines and screen readers all fall into place.

## Headings make an outline

There are six levels, from h1 to h6. Choose them by rank, never by size: a level three below a level one leaves a hole in the outline. Many blind readers move through a page by jumping from heading to heading, just as you skim with your eyes.

## Three kinds of list

~~~html
<ul><li>Flour</li><li>Salt</li></ul>

<ol><li>Mix</li><li>Wait</li><li>Bake</li></ol>

<dl><dt>Crumb</dt><dd>the inside of a loaf</dd></dl>
~~~

Use **ul** where the order is free, **ol** where it matters, and **dl** for terms and their explanations.

## Links: the point of it all

~~~html
<a href="recipe.html">Our rye bread</a>
<a href="https://www.example.com/">Another site</a>
<a href="#oven">Down to the oven</a>
~~~

- A **relative** address starts from the current page and survives when the whole site moves.
- An **absolute** address names the host as well.
- A **fragment** leads to the element with that *id*.

## Write links that can be read alone

Screen readers can list all the links of a page. A list of eleven times "click here" is of no use to anyone. Make the link text say where it leads: *download the timetable (PDF)*, not *download the timetable here*.`;

const everyone = `About one person in six lives with a significant disability, and all of us are at times tired, in bright sunlight or on a bad connection. Most of what helps costs a line of HTML.

## Alternative text

~~~html
<img src="loaf.jpg" alt="A round loaf with a cross cut into its crust">
<img src="divider.svg" alt="">
~~~

Say what matters about the picture *in this place*. A decoration gets an **empty** alt attribute, so that a screen reader skips it; leaving the attribute out makes some readers spell out the file name instead. Don't begin with "picture of": the reader says so anyway.

## Language and direction

Mark a change of language where it happens:

~~~html
<p>The baker calls it <span lang="de">Sauerteig</span>.</p>
<blockquote lang="ar" dir="rtl">…</blockquote>
~~~

## Colour

Never let colour alone carry the meaning: "the red fields are required" is invisible to many. Text should stand out from its background by a contrast ratio of at least **4.5 to 1**, or 3 to 1 where it is large.

## A test of five minutes

1. Put the mouse away. Can you reach and use everything with **Tab** and **Enter**?
2. Do you always see where you are?
3. Enlarge the text to 200 %. Is anything cut off?
4. Turn the images off. Is it still clear?
5. Read only the headings. Do they tell the story?

Whoever passes these five has done more than most of the Web.`;

/** Archived: shows what the enrolled of an old course keep, and has the plainest settings. */
export const webPages: DemoCourse = {
  key: 'web-pages',
  owner: 'yumi.tanaka@example.org',
  status: 'archived',
  createdDaysAgo: 380,
  publishedDaysAgo: 370,
  archivedDaysAgo: 60,
  body: {
    title: 'Web Pages by Hand',
    description: `Before frameworks there was a text file, and there still is. In five lessons you will write a small web site **by hand**: a valid page, headings and lists that make sense, links that lead somewhere, and words and pictures that everyone can read.

You need a text editor and a browser, and nothing to install. This edition has been archived: those who were enrolled can still open it, and their certificates remain valid, but nobody new can join. A revised edition with styling and forms is planned for next year.`,
    category: 'technology',
    level: 'intermediate',
    language: 'en',
    visibility: 'listed',
    selfEnrollment: 'open',
  },
  sections: [
    {
      title: 'Structure',
      lessons: [
        {
          key: 'text-file',
          title: 'A page is a text file',
          type: 'text',
          isPreview: true,
          content: textFile,
        },
        { key: 'structure', title: 'Headings, lists and links', type: 'text', content: structure },
      ],
    },
    {
      title: 'For people',
      lessons: [
        { key: 'everyone', title: 'Words that everyone can read', type: 'text', content: everyone },
        {
          key: 'reader-video',
          title: 'Listening to a page',
          type: 'video',
          content:
            'The same page read aloud by a screen reader twice: before and after its structure was mended.',
          videoUrl: 'https://media.example.com/web-pages/listening-to-a-page.mp4',
          durationSeconds: 401,
        },
        {
          key: 'final-quiz',
          title: 'View source',
          type: 'quiz',
          quiz: {
            passingPercent: 50,
            showResults: 'score',
            questions: [
              {
                type: 'shortText',
                key: 'web-pages-attribute',
                prompt: 'Which attribute of an image holds the text for those who cannot see it?',
                points: 1,
                explanation: 'The alt attribute.',
                answers: ['alt', 'the alt attribute', 'alt attribute'],
                ignoreCase: true,
              },
              {
                type: 'single',
                prompt: 'Which list fits the steps of a recipe?',
                points: 1,
                explanation: 'The order matters, so it is an ordered list.',
                options: [
                  { text: 'ul', isCorrect: false },
                  { text: 'ol', isCorrect: true },
                  { text: 'dl', isCorrect: false },
                ],
              },
              {
                type: 'trueFalse',
                prompt: 'A decorative image needs no alt attribute at all.',
                points: 1,
                explanation: 'It needs an empty one, so that screen readers skip the image.',
                answer: false,
              },
              {
                type: 'multiple',
                prompt: 'Which are good texts for a link?',
                points: 1,
                explanation: 'A link’s text should say where it leads when read alone.',
                scoring: 'partial',
                options: [
                  { text: 'Opening hours', isCorrect: true },
                  { text: 'Download the timetable (PDF)', isCorrect: true },
                  { text: 'Click here', isCorrect: false },
                ],
              },
            ],
          },
        },
      ],
    },
  ],
};
