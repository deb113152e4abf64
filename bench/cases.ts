import type { Request } from 'autocannon';
import { password, type Learner, type World } from './seed.ts';

export type Case = {
  name: string;
  kind: 'read' | 'write';
  /** Each learner's request can be sent once between two resets. */
  isOnce?: boolean;
  /** So slow that a round is so many requests, and not a time. */
  amount?: number;
  request: (world: World, learner: Learner) => Request;
};

const base = '/api/v1';

function asLearner(path: string): Case['request'] {
  return (_world, { token }) => ({ method: 'GET', path: base + path, headers: bearer(token) });
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function json(method: string, path: string, body: object, headers: Record<string, string> = {}): Request {
  return {
    method,
    path: base + path,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** The operations that are measured, as a learner's front end calls them. */
export const cases: readonly Case[] = [
  { name: 'health', kind: 'read', request: () => ({ method: 'GET', path: `${base}/health` }) },
  { name: 'course list', kind: 'read', request: asLearner('/courses') },
  {
    name: 'course',
    kind: 'read',
    request: (world, learner) => asLearner(`/courses/${world.course.id}`)(world, learner),
  },
  {
    name: 'outline',
    kind: 'read',
    request: (world, learner) => asLearner(`/courses/${world.course.id}/outline`)(world, learner),
  },
  {
    name: 'lesson',
    kind: 'read',
    request: (world, learner) => asLearner(`/lessons/${world.course.textId}`)(world, learner),
  },
  { name: 'my enrollments', kind: 'read', request: asLearner('/me/enrollments') },
  {
    name: 'heartbeat',
    kind: 'write',
    request: ({ videoId }, { enrollmentId, token }) =>
      json(
        'PUT',
        `/enrollments/${enrollmentId}/lessons/${videoId}/progress`,
        { positionSeconds: 120, watched: [[100, 120]] },
        bearer(token),
      ),
  },
  {
    name: 'quiz submission',
    kind: 'write',
    isOnce: true,
    request: ({ answers }, { attemptId, token }) =>
      json('POST', `/attempts/${attemptId}/submission`, { answers }, bearer(token)),
  },
  {
    name: 'login',
    kind: 'write',
    amount: 64,
    request: (_world, { email }) => json('POST', '/auth/login', { email, password }),
  },
];
