/**
 * The columns of the table. Student: enrolled in the course, and the one to whom things belong. Stranger: a student
 * who has nothing to do with it. Owner, co-instructor, assistant and observer are the course's staff.
 */
export const callers = [
  'anonymous',
  'student',
  'stranger',
  'owner',
  'coInstructor',
  'assistant',
  'observer',
  'otherInstructor',
  'admin',
] as const;
export type Caller = (typeof callers)[number];
