import type { Config } from '#platform/config/config.ts';

type Addresses = Pick<Config, 'publicUrl' | 'frontendUrl'>;

/**
 * Where mails lead. Pages of the front end where FRONTEND_URL is set; else pages of this program, and null for those
 * that it does not have. Certificates, unsubscribing and taking back a registration are always ours: the first two never
 * change, the last must work whatever the front end has.
 */
export function linksOf({ publicUrl, frontendUrl }: Addresses) {
  const base = frontendUrl ?? publicUrl;
  const front = (path: string) => (frontendUrl === null ? null : `${frontendUrl}${path}`);
  return {
    verifyEmail: (token: string) => `${base}/verify-email?token=${encodeURIComponent(token)}`,
    resetPassword: (token: string) => `${base}/reset-password?token=${encodeURIComponent(token)}`,
    acceptInvitation: (token: string) => `${base}/accept-invitation?token=${encodeURIComponent(token)}`,
    confirmEmail: (token: string) => `${base}/confirm-email?token=${encodeURIComponent(token)}`,
    undoEmailChange: (token: string) => `${base}/undo-email-change?token=${encodeURIComponent(token)}`,
    undoRegistration: (token: string) => `${publicUrl}/undo-registration?token=${encodeURIComponent(token)}`,
    home: () => front('/'),
    forgottenPassword: () => front('/forgot-password'),
    course: (slug: string) => front(`/courses/${encodeURIComponent(slug)}`),
    certificate: (id: string) => front(`/certificates/${id}`),
    dataExport: (id: string) => front(`/account/data-exports/${id}`),
    webhook: (id: string) => front(`/admin/webhooks/${id}`),
    verifyCertificate: (number: string) => `${publicUrl}/verify/${number}`,
    unsubscribe: (token: string) => `${publicUrl}/unsubscribe/${token}`,
  };
}
