import type { Recipe } from '../recipe.ts';

export const notificationCalls: Record<string, Recipe> = {
  getNotificationPreferences: () => ({}),
  updateNotificationPreferences: () => ({ body: { grade: { email: false } } }),
};
