import type { DemoCourse } from '../types.ts';
import { privacyBasicsQuiz, privacyFinalQuiz } from './data-privacy-quizzes.ts';

const personalData = `Under the European General Data Protection Regulation (GDPR), personal data are **any information relating to an identified or identifiable living person**. The important word is *identifiable*. A name is not needed.

## Three questions to ask

1. Does the information concern a person, rather than a company or a machine?
2. Can someone find out, with reasonable effort, *which* person it is?
3. Could it become identifying when combined with something else we hold, or others hold?

If the answer to the first and to either of the others is yes, treat it as personal data.

| Information | Personal data? |
|---|---|
| j.smith@example.com | yes |
| info@example.com | no, unless one person alone reads it and is known for it |
| IP address of a website visitor | yes, in most situations |
| Staff number with the names locked away | yes: this is *pseudonymised*, not anonymous |
| "38 % of employees cycle to work" | no, if nobody can be singled out |

## Special categories

Some data can hurt people more than others and are protected more strictly by Article 9: health, racial or ethnic origin, political opinions, religious or philosophical beliefs, trade union membership, genetic data, biometric data used to identify someone, sex life and sexual orientation. A sick note in a shared folder is a serious matter, even if only three colleagues can open it.

## Processing is nearly everything

Collecting, reading, sorting, forwarding, storing, **deleting**: all of these are processing. If you can open it, you are processing it.

> Try it: look at the last spreadsheet you sent. How many of its columns were needed by the person who received it?`;

const lawfulBases = `Processing personal data is forbidden unless one of the **six lawful bases** of Article 6 applies. Choose before you begin, and write it down; you cannot quietly switch when the first one fails.

| Basis | Example at work |
|---|---|
| Consent | a newsletter that people ask for |
| Contract | the address to which an order is sent |
| Legal obligation | payroll records for the tax office |
| Vital interests | telling paramedics about an allergy |
| Public task | a public school enrolling pupils |
| Legitimate interests | access logs that keep the network safe |

## Consent is harder than it looks

Consent must be freely given, specific, informed and unambiguous, and withdrawing it must be **as easy as giving it**. A box that is ticked already is not consent. Between employer and employee it is seldom valid at all, because a person who fears for a job is not free to say no.

## The principles behind the rules

Whatever the basis, Article 5 asks for the same good manners:

- **Purpose limitation**: used for what it was collected for, not for what turns out to be handy.
- **Data minimisation**: no more than is needed.
- **Accuracy**: kept right, corrected when wrong.
- **Storage limitation**: deleted when the purpose is done.
- **Integrity and confidentiality**: protected against loss and prying eyes.
- **Accountability**: you can show that all this is so.

## A short test

Imagine that the person concerned is looking over your shoulder. Would what you do surprise them? If yes, stop and ask your data protection officer. Surprise is not a legal term, but it is a remarkably good detector.`;

const breaches = `It is Friday, 16:40. You meant to send the salary overview to *Maria in Finance* and your mail program completed the address to *Maria at a supplier*. What now?

## What a breach is

A personal data breach is any incident in which personal data are **lost, altered, disclosed or made unavailable** without authority. No hacker is required. Typical cases:

- a message to the wrong recipient, or to fifty people in the *To* field instead of *Bcc*
- a laptop left on a train
- ransomware that locks the patient records
- a shared link that "anyone can open"

## The first hour

1. **Report it** at once to your security contact, even if you are not sure. You do not decide whether it is serious; you make sure that someone can.
2. **Contain it**: revoke the link, lock the device remotely, ask the recipient to delete the message and to confirm that in writing.
3. **Do not tidy up.** Do not delete logs or mails: they are needed to find out what happened.
4. **Write down** what, when, whose data and how many people.

## The clock

| Who must be told | When |
|---|---|
| Supervisory authority (Article 33) | without undue delay and, where feasible, within **72 hours** of becoming aware, unless a risk to people is unlikely |
| The people concerned (Article 34) | without undue delay, if the risk to them is **high** |
| The register of breaches | always, even if nobody else is told |

The 72 hours run through weekends. That is why a report on Friday at 16:45 is worth so much more than one on Monday at 9:00.

Nobody is punished here for reporting a mistake of their own. Hiding one is a different matter.`;

export const dataPrivacy: DemoCourse = {
  key: 'data-privacy',
  owner: 'instructor@example.com',
  coInstructors: ['youssef.mansouri@example.org'],
  status: 'published',
  createdDaysAgo: 150,
  publishedDaysAgo: 140,
  body: {
    title: 'Data Privacy at Work',
    description: `The yearly training for everyone who opens a spreadsheet with names in it. **Forty minutes, six lessons, no legalese**: what personal data are, when you may use them, how to recognise a phishing message, and what to do in the first hour after a mistake.

The course follows the European General Data Protection Regulation (GDPR). It ends with a test and one short case, which is read by a person. You have two attempts; results are sent to your team's coordinator and are not shown in the course.

This course is not listed in the catalogue: please don't pass on the link outside the organisation.`,
    category: 'workplace',
    level: 'beginner',
    language: 'en',
    visibility: 'unlisted',
    selfEnrollment: 'open',
  },
  sections: [
    {
      title: 'The rules',
      lessons: [
        {
          key: 'personal-data',
          title: 'What counts as personal data?',
          type: 'text',
          isPreview: true,
          content: personalData,
        },
        { key: 'lawful-bases', title: 'Six reasons, and you need one', type: 'text', content: lawfulBases },
        { key: 'basics-quiz', title: 'Check: the rules', type: 'quiz', quiz: privacyBasicsQuiz },
      ],
    },
    {
      title: 'The everyday',
      lessons: [
        {
          key: 'phishing-video',
          title: 'Phishing in three minutes',
          type: 'video',
          content: 'Four real-looking messages. Stop the video at each and decide before you go on.',
          videoUrl: 'https://media.example.com/data-privacy/phishing.mp4',
          durationSeconds: 187,
          completion: { rule: 'watched', watchedPercent: 100 },
        },
        { key: 'breaches', title: 'When something goes wrong', type: 'text', content: breaches },
        { key: 'final-quiz', title: 'Final test with a case', type: 'quiz', quiz: privacyFinalQuiz },
      ],
    },
  ],
};
