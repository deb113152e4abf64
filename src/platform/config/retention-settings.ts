import type { Setting } from './setting.ts';

const days = { kind: 'integer', group: 'Retention', min: 1, max: 3650 } as const;

/** How long what is not needed any more is kept, in days. Jobs of the night take away what is older. */
// oxfmt-ignore
export const retentionSettings = [
  { ...days, name: 'SESSION_RETENTION_DAYS', key: 'sessionRetentionDays', default: 7, max: 365,
    description: 'How long sessions are kept after they ended, and mailed links after they expired, in days.' },
  { ...days, name: 'API_KEY_RETENTION_DAYS', key: 'apiKeyRetentionDays', default: 90,
    description: 'How long API keys are kept after they were revoked or expired, in days.' },
  { ...days, name: 'IDEMPOTENCY_KEY_RETENTION_DAYS', key: 'idempotencyKeyRetentionDays', default: 1, max: 30,
    description: 'How long an answer is kept for a request that comes again with its Idempotency-Key, in days.' },
  { ...days, name: 'NOTIFICATION_RETENTION_DAYS', key: 'notificationRetentionDays', default: 365,
    description: 'How long notifications are kept, read or not, in days.' },
  { ...days, name: 'NOTIFICATION_READ_RETENTION_DAYS', key: 'notificationReadRetentionDays', default: 90,
    description: 'How long notifications are kept after they were read, in days.' },
  { ...days, name: 'MAIL_RETENTION_DAYS', key: 'mailRetentionDays', default: 90, min: 7,
    description: 'How long it is kept to whom which mail was sent, in days; not what it said, which is made anew from ids.' },
  { ...days, name: 'WEBHOOK_DELIVERY_RETENTION_DAYS', key: 'webhookDeliveryRetentionDays', default: 30, min: 7,
    description: 'How long what was sent to webhooks is kept, with what they answered, in days.' },
  { ...days, name: 'TASK_RETENTION_DAYS', key: 'taskRetentionDays', default: 90, min: 7,
    description: 'How long imports with what became of their rows, and other long operations after they ended, are kept, in days.' },
  { ...days, name: 'DATA_EXPORT_KEEP_DAYS', key: 'dataExportKeepDays', default: 7, max: 90,
    description: 'How long a person can fetch the archive of all their data, in days; then it is removed.' },
  { ...days, name: 'DEACTIVATED_ACCOUNT_ERASE_DAYS', key: 'deactivatedAccountEraseDays', default: 0, min: 0,
    description: 'How many days after it was deactivated an account is erased; 0 means never.' },
] as const satisfies readonly Setting[];
