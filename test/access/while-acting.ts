const asksAnew = 'looks at no access token, but at what is shown with it';

/** What changes something and is not closed to an admin who acts as somebody, each with the reason. Any other is. */
export const openWhileActing: Readonly<Record<string, string>> = {
  logout: 'ends it',
  createStreamTicket: 'to look by it',
  enroll: 'what helps most where somebody cannot find their way in; told to be by the admin',

  register: asksAnew,
  login: asksAnew,
  completeLogin: asksAnew,
  getSignInPasskeyOptions: asksAnew,
  exchangeLoginCode: asksAnew,
  refresh: asksAnew,
  verifyEmail: asksAnew,
  requestPasswordReset: asksAnew,
  resetPassword: asksAnew,
  acceptInvitation: asksAnew,
  backChannelLogout: asksAnew,
  receiveSamlResponse: asksAnew,
  confirmEmailChange: asksAnew,
  undoEmailChange: asksAnew,
  undoRegistration: asksAnew,
  sendUpload: asksAnew,
  createScimUser: asksAnew,
  replaceScimUser: asksAnew,
  updateScimUser: asksAnew,
  deleteScimUser: asksAnew,
  createScimGroup: asksAnew,
  replaceScimGroup: asksAnew,
  updateScimGroup: asksAnew,
  deleteScimGroup: asksAnew,
  unsubscribe: asksAnew,
};

/** What reads what is one's own, open or closed: a new one must be put on either side. */
export const readsOfOnesOwn: Readonly<Record<string, 'open' | 'closed'>> = {
  getMe: 'open',
  getMyPermissions: 'open',
  followEvents: 'open',
  getNotificationPreferences: 'open',
  listMyCertificates: 'open',
  listMyEnrollments: 'open',
  listMyTasks: 'open',
  listNotifications: 'open',

  getMyDataExport: 'closed',
  getMyErasure: 'closed',
  getRecoveryCodes: 'closed',
  getTotp: 'closed',
  listMyApiKeys: 'closed',
  listMyDataExports: 'closed',
  listMyIdentities: 'closed',
  listMySessions: 'closed',
  listPasskeys: 'closed',
};
