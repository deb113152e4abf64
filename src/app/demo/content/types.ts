import type { Permission } from '#platform/auth/actor.ts';

/**
 * The shapes of the demo academy's content. Fields that are sent to the API have the API's names and meanings;
 * `key` fields exist only here, so that one part of the content can refer to another.
 * Times are relative (`…DaysAgo`): the loader counts them back from the base date it is given.
 */

export type Role = 'admin' | 'instructor' | 'student';

export interface DemoPerson {
  /** Also the key by which courses and enrollments refer to the person. */
  email: string;
  name: string;
  role: Role;
  /** BCP 47. */
  locale: string;
  /** IANA name. */
  timeZone: string;
  joinedDaysAgo: number;
}

/** A custom role, and who has it directly. */
export interface DemoCustomRole {
  key: string;
  /** The body of `POST …/roles`. */
  body: { name: string; description: string; permissions: Permission[] };
  /** E-mail addresses. */
  members: string[];
}

export interface DemoGroup {
  /** The body of `POST …/groups`. */
  body: { name: string; description: string };
  /** E-mail addresses. */
  members: string[];
  /** Keys of the custom roles that all members have. */
  roles: string[];
}

/** What is done beside the courses, mostly by the admin. */
export interface DemoInstitution {
  /** E-mail address. */
  admin: string;
  /** When the roles and groups are made, and the staff. Everybody in them has joined by then. */
  organisedDaysAgo: number;
  customRoles: DemoCustomRole[];
  groups: DemoGroup[];
  /** Whom owners let help with a course, or look on, besides its instructors. `course`: its key. */
  courseStaff: { course: string; email: string; role: 'assistant' | 'observer' }[];
  /** They have not chosen a password yet; `joinedDaysAgo`: when they were invited. */
  invited: DemoPerson[];
  suspended: { email: string; daysAgo: number; reason: string }[];
}

export type ShowResults = 'never' | 'score' | 'afterPass' | 'afterSubmission';

export interface DemoOption {
  text: string;
  isCorrect: boolean;
}

interface QuestionBase {
  /** Unique over the academy; only questions that answers refer to have one. */
  key?: string;
  prompt: string;
  points: number;
  explanation?: string;
}

export type DemoQuestion = QuestionBase &
  (
    | { type: 'single'; options: DemoOption[] }
    | { type: 'multiple'; options: DemoOption[]; scoring: 'partial' | 'allOrNothing' }
    | { type: 'trueFalse'; answer: boolean }
    | { type: 'shortText'; answers: string[]; ignoreCase?: boolean; ignoreAccents?: boolean }
    | { type: 'numeric'; answer: number; tolerance?: number }
    | { type: 'essay' }
  );

export interface DemoQuiz {
  passingPercent: number;
  maxAttempts?: number;
  timeLimitSeconds?: number;
  shuffleQuestions?: boolean;
  showResults: ShowResults;
  questions: DemoQuestion[];
}

interface LessonBase {
  /** Unique within the course. */
  key: string;
  title: string;
  isPreview?: boolean;
  isRequired?: boolean;
}

/** What a lesson needs to be published is optional here, because the draft course lacks some of it on purpose. */
export type DemoLesson = LessonBase &
  (
    | { type: 'text'; content?: string }
    | {
        type: 'video';
        content?: string;
        videoUrl?: string;
        durationSeconds?: number;
        completion?: { rule: 'watched'; watchedPercent: number };
      }
    | { type: 'quiz'; content?: string; quiz?: DemoQuiz }
  );

export interface DemoSection {
  title: string;
  lessons: DemoLesson[];
}

/** The body of `POST …/courses`. */
export interface DemoCourseBody {
  title: string;
  description: string;
  category: string;
  level: 'beginner' | 'intermediate' | 'advanced';
  /** BCP 47: the language of every text in the course, its reviews and its certificates. */
  language: string;
  visibility: 'listed' | 'unlisted';
  selfEnrollment: 'open' | 'closed';
}

export interface DemoCourse {
  key: string;
  /** E-mail address of the instructor who makes the course. */
  owner: string;
  /** E-mail addresses of further instructors. */
  coInstructors?: string[];
  /** `archived` means published first, then archived. */
  status: 'draft' | 'published' | 'archived';
  createdDaysAgo: number;
  publishedDaysAgo?: number;
  archivedDaysAgo?: number;
  body: DemoCourseBody;
  sections: DemoSection[];
}

export interface DemoReview {
  rating: 1 | 2 | 3 | 4 | 5;
  text?: string;
}

/** A learner's answer to one essay question, with the grader's verdict where there is one. */
export interface DemoEssay {
  /** Key of the question. */
  question: string;
  text: string;
  grade?: { points: number; feedback: string };
}

/**
 * How far an enrollment came. "Done" always means lessons from the first on, in the order of the outline,
 * with their quizzes passed; see `lessonsDone`.
 */
export type DemoProgress =
  | { stage: 'enrolled' }
  | { stage: 'started'; lessons: number }
  | { stage: 'halfway' }
  /** Everything before the quiz is done, then that many attempts failed. */
  | { stage: 'quizFailed'; quiz: string; attempts: number }
  /** Everything is done, but the quiz with the essay waits for its grader. */
  | { stage: 'awaitingGrading'; quiz: string }
  | { stage: 'completed' }
  | { stage: 'withdrawn'; lessons: number; by: 'learner' | 'staff' };

export type DemoEnrollment = DemoProgress & {
  /** E-mail address of the student. */
  student: string;
  /** Key of the course. */
  course: string;
  enrolledDaysAgo: number;
  /** The latest thing that happened: completion, submission, withdrawal, or the enrollment itself. */
  lastActiveDaysAgo: number;
  /** So many questions of every quiz passed, counted from its end and without essays, were answered wrongly. */
  mistakes?: number;
  /** Answers to short-text questions by question key, where they are not the first of the accepted ones. */
  shortTexts?: Record<string, string>;
  essays?: DemoEssay[];
  review?: DemoReview;
};

/** What a file of enrollments states for each student of its course. */
export type DemoEnrollmentOfCourse = DemoEnrollment extends infer E
  ? E extends DemoEnrollment
    ? Omit<E, 'course'>
    : never
  : never;
