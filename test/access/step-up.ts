import { newId } from '#platform/ids.ts';

const takesOver = 'an account could be taken over by it, or kept';
const gives = 'gives rights to somebody, or to a program';
const trusts = 'says whom this institution believes who somebody is';
const leaves = 'data leaves by it';
const shutsOut = 'shuts somebody out, or lets them in again';

/** What wants a sign-in of late whatever is sent, each with the reason. Else a stolen access token would be enough. */
export const alwaysStepUp: Readonly<Record<string, string>> = {
  requestEmailChange: takesOver,
  endMySession: takesOver,
  endMyOtherSessions: takesOver,
  beginTotp: takesOver,
  removeTotp: takesOver,
  makeRecoveryCodes: takesOver,
  getPasskeyOptions: takesOver,
  addPasskey: takesOver,
  removePasskey: takesOver,
  removeUserFactors: takesOver,
  unlinkMyIdentity: takesOver,
  removeMyPassword: takesOver,
  startImpersonation: takesOver,

  createMyApiKey: gives,
  rotateMyApiKey: gives,
  updateCustomRole: gives,
  giveCustomRole: gives,
  addGroupMember: gives,
  giveGroupRole: gives,

  putSignInPolicy: trusts,
  createSsoProvider: trusts,
  updateSsoProvider: trusts,
  deleteSsoProvider: trusts,
  createScimConnection: trusts,
  updateScimConnection: trusts,
  deleteScimConnection: trusts,
  rotateScimToken: trusts,

  createWebhook: leaves,
  rotateWebhookSecret: leaves,
  requestMyDataExport: leaves,
  createMyDataExportLink: leaves,
  exportAuditEvents: leaves,

  suspendUser: shutsOut,
  endSuspension: shutsOut,
  deactivateUser: shutsOut,
  endUserSessions: shutsOut,
  requestMyErasure: shutsOut,
  requestUserErasure: shutsOut,
};

type Body = Record<string, unknown>;

/** What wants one for some bodies: one of those, and what it does not want one for. */
export const sometimesStepUp: Readonly<Record<string, { wants: readonly Body[]; wantsNot: Body }>> = {
  createUser: {
    wants: [
      { name: 'New', role: 'admin' },
      { name: 'New', role: 'instructor' },
    ],
    wantsNot: { name: 'New', role: 'student' },
  },
  updateUser: {
    wants: [
      { role: 'student' },
      { password: 'ash-and-elder-39' },
      { email: 'a@example.com' },
      { status: 'deactivated' },
    ],
    wantsNot: { name: 'New' },
  },
  updateWebhook: {
    wants: [{ url: 'https://hook.example.com/' }, { events: ['*'] }],
    wantsNot: { isActive: false },
  },
  startImport: {
    wants: [{ kind: 'people', fileId: newId() }],
    wantsNot: { kind: 'enrollments', fileId: newId() },
  },
};

/** What looks at the thing it is about, each with the test that holds it. */
export const stepUpByThing: Readonly<Record<string, string>> = {
  changeMyPassword: 'src/features/identity/own-password.test.ts',
  applyImport: 'src/features/imports/imports.test.ts',
};
