/**
 * What an API key may be made for. Each operation belongs to one resource by its tag, and a key needs `<resource>:read` for
 * GET and `<resource>:write` for all else. What has a tag that is not listed here is for persons alone.
 */
const resourceOfTag = {
  Courses: 'courses',
  'Course staff': 'courses',
  Outline: 'courses',
  Lessons: 'courses',
  Quizzes: 'courses',
  Enrollments: 'enrollments',
  Progress: 'enrollments',
  Reviews: 'enrollments',
  Attempts: 'attempts',
  Files: 'files',
  Certificates: 'certificates',
  Users: 'users',
  Roles: 'roles',
  Groups: 'groups',
  Imports: 'imports',
  Tasks: 'tasks',
  Events: 'events',
  Webhooks: 'webhooks',
  'Audit trail': 'audit',
  Operation: 'operation',
} as const;

type Resource = (typeof resourceOfTag)[keyof typeof resourceOfTag];
export type Scope = `${Resource}:${'read' | 'write'}`;

export const scopes: readonly Scope[] = [...new Set(Object.values(resourceOfTag))].flatMap(
  (resource) => [`${resource}:read`, `${resource}:write`] as const,
);

/** The scope that an operation asks of a key, or undefined where no key will do. */
export function scopeOf(method: string, tags: readonly string[] | undefined): Scope | undefined {
  const tag = tags?.[0];
  if (tag === undefined || !Object.hasOwn(resourceOfTag, tag)) return undefined;
  const resource = resourceOfTag[tag as keyof typeof resourceOfTag];
  return `${resource}:${method === 'GET' || method === 'HEAD' ? 'read' : 'write'}`;
}
