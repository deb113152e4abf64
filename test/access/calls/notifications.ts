import { randomUUID } from 'node:crypto';
import type { Recipe } from '../recipe.ts';

export const notificationCalls: Record<string, Recipe> = {
  listNotifications: () => ({}),
  readNotifications: () => ({ body: { ids: [randomUUID()] } }),
  followEvents: () => ({ query: '?follow=false' }),
  createStreamTicket: () => ({}),
  getNotificationPreferences: () => ({}),
  updateNotificationPreferences: () => ({ body: { grade: { email: false } } }),
};
