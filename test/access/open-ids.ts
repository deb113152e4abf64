/**
 * Operations whose address names a thing and that refuse nobody because they have nothing to do with it, each with the
 * reason. Any other refuses strangers: `table.test.ts` looks.
 */
export const openIds: Readonly<Record<string, string>> = {
  resetPassword: 'whoever has the token was mailed it',
  confirmEmailChange: 'whoever has the token was mailed it',
  undoEmailChange: 'whoever has the token was mailed it',
  undoRegistration: 'whoever has the token was mailed it',
  acceptInvitation: 'whoever has the token was mailed it',
  unsubscribe: 'whoever has the token was mailed it',
  sendUpload: 'asks for a ticket of the upload’s own, see uploads.test.ts',
  startSignOn: 'names a provider, which sign-in pages list for everybody',
  completeSignOn: 'asks for the cookie of the browser that began, see the line of another browser',
  getSamlMetadata: 'names a provider, and says of us what providers may know',
  startSamlSignOn: 'names a provider, which sign-in pages list for everybody',
  receiveSamlResponse: 'takes what a provider signed, and signs nobody in by itself',
  completeSamlSignOn: 'asks for the cookie of the browser that began, see the line of another browser',
  backChannelLogout: 'asks for a token that the provider signed',
  verifyCertificate: 'anybody may verify a number',
  getErasureReceipt: 'whoever has its number, which names nobody',
  getPicture: 'pictures of people and courses are public, by ids that nobody can guess',
};
