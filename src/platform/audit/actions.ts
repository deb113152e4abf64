/** What an act is done to. */
export const targetKinds = [
  'user',
  'session',
  'course',
  'enrollment',
  'attempt',
  'file',
  'certificate',
  'webhook',
  'mail',
  'job',
  'secret',
  'backup',
  'audit',
] as const;
export type TargetKind = (typeof targetKinds)[number];

/** Every act that is recorded, and what it is done to. The one list: `area.verb`, in the past tense. */
export const auditActions = {
  'session.started': 'session',
  'session.refused': 'user',
  'session.ended': 'session',
  'session.token_reused': 'session',
  'user.created': 'user',
  'user.register_repeated': 'user',
  'user.role_changed': 'user',
  'user.status_changed': 'user',
  'user.updated': 'user',
  'email.changed': 'user',
  'email.verified': 'user',
  'email.verification_requested': 'user',
  'password.changed': 'user',
  'password.reset': 'user',
  'password.reset_requested': 'user',
  'course.created': 'course',
  'course.published': 'course',
  'course.unpublished': 'course',
  'course.archived': 'course',
  'course.restored': 'course',
  'course_staff.changed': 'course',
  'enrollment.created': 'enrollment',
  'enrollment.resumed': 'enrollment',
  'enrollment.withdrawn': 'enrollment',
  'grade.changed': 'attempt',
  'file.deleted': 'file',
  'certificate.revoked': 'certificate',
  'certificate.reissued': 'certificate',
  'webhook.created': 'webhook',
  'webhook.updated': 'webhook',
  'webhook.deleted': 'webhook',
  'webhook.secret_rotated': 'webhook',
  'mail.retried': 'mail',
  'mail.suppressed': 'mail',
  'mail.suppression_lifted': 'mail',
  'job.retried': 'job',
  'secret.rotated': 'secret',
  'secret.reencrypted': 'secret',
  'backup.made': 'backup',
  'backup.restored': 'backup',
  'audit.exported': 'audit',
  'audit.purged': 'audit',
  'audit.details_erased': 'user',
} as const satisfies Record<string, TargetKind>;

export type AuditAction = keyof typeof auditActions;
export const auditActionNames = Object.keys(auditActions) as AuditAction[];

export const outcomes = ['done', 'refused'] as const;
export const actorKinds = ['person', 'anonymous', 'system', 'commandLine'] as const;
