import type { Role } from '#platform/auth/actor.ts';

/**
 * What people may be told of and can switch off. The one list: a kind is added here and nowhere else. Mails about
 * the account itself (welcome, verification, another password) are not among them: nobody can switch those off.
 */
export const notificationKinds = [
  /** Enrolled in a course. */
  'enrollment',
  /** A certificate was issued. */
  'completion',
  'certificateRevoked',
  /** Staff graded what nobody but a person can grade. */
  'grade',
  /** Nothing was done in a course for a while. */
  'reminder',
  /** A webhook was switched off since nothing but failures came of it. */
  'webhookDisabled',
] as const;
export type NotificationKind = (typeof notificationKinds)[number];

/** Kinds that concern one role alone; all others concern everybody. */
export const roleOfKind: Readonly<Partial<Record<NotificationKind, Role>>> = { webhookDisabled: 'admin' };

export const notificationChannels = ['email', 'inApp'] as const;
export type NotificationChannel = (typeof notificationChannels)[number];
