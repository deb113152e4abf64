/** The lines of `accessTable` on who somebody is, what they may do, and what is kept of them. */
//                                       anonymous  student  stranger  owner    coInstructor  assistant  observer  otherInstructor  admin
export const tableOfAccounts = `
# Operation
getHealth                                200        200      200       200      200           200        200       200              200
getReadiness                             200        200      200       200      200           200        200       200              200

# Sign-in
register                                 201        201      201       201      201           201        201       201              201
login                                    200        200      200       200      200           200        200       200              200
completeLogin                            200        200      200       200      200           200        200       200              200
completeLogin (by a passkey alone)       200        200      200       200      200           200        200       200              200
getSignInPasskeyOptions                  200        200      200       200      200           200        200       200              200
getSignInPasskeyOptions (half-way)       200        200      200       200      200           200        200       200              200
stepUp                                   401        200      200       200      200           200        200       200              200
stepUp (by a passkey)                    401        200      200       200      200           200        200       200              200
getStepUpPasskeyOptions                  401        200      200       200      200           200        200       200              200
refresh                                  200        200      200       200      200           200        200       200              200
getCsrfToken                             200        200      200       200      200           200        200       200              200
getCsrfToken (without cookies)           401        401      401       401      401           401        401       401              401
logout                                   401        204      204       204      204           204        204       204              204
logout (by the refresh token)            204        204      204       204      204           204        204       204              204
verifyEmail                              204        204      204       204      204           204        204       204              204
verifyEmail (by the address)             202        202      202       202      202           202        202       202              202
verifyEmail (by a password)              204        204      204       204      204           204        204       204              204
undoRegistration                         204        204      204       204      204           204        204       204              204
requestPasswordReset                     202        202      202       202      202           202        202       202              202
acceptInvitation                         204        204      204       204      204           204        204       204              204
resetPassword                            204        204      204       204      204           204        204       204              204
confirmEmailChange                       204        204      204       204      204           204        204       204              204
undoEmailChange                          204        204      204       204      204           204        204       204              204

# Me
getMe                                    401        200      200       200      200           200        200       200              200
updateMe                                 401        200      200       200      200           200        200       200              200
changeMyPassword                         401        204      204       204      204           204        204       204              204
changeMyPassword (a first, after long)   401        403      403       403      403           403        403       403              403
requestEmailChange                       401        202      202       202      202           202        202       202              202
requestEmailChange (after a long time)   401        403      403       403      403           403        403       403              403

# Second factors: one’s own
getTotp                                  401        200      200       200      200           200        200       200              200
beginTotp                                401        201      201       201      201           201        201       201              201
beginTotp (after a long time)            401        403      403       403      403           403        403       403              403
confirmTotp                              401        200      200       200      200           200        200       200              200
removeTotp                               401        204      204       204      204           204        204       204              204
removeTotp (after a long time)           401        403      403       403      403           403        403       403              403
getRecoveryCodes                         401        200      200       200      200           200        200       200              200
makeRecoveryCodes                        401        201      201       201      201           201        201       201              201
makeRecoveryCodes (without a factor)     401        409      409       409      409           409        409       409              409
getPasskeyOptions                        401        200      200       200      200           200        200       200              200
addPasskey                               401        201      201       201      201           201        201       201              201
listPasskeys                             401        200      200       200      200           200        200       200              200
renamePasskey                            401        200      200       200      200           200        200       200              200
renamePasskey (another’s)                401        404      404       404      404           404        404       404              404
removePasskey                            401        204      204       204      204           204        204       204              204
removePasskey (another’s)                401        404      404       404      404           404        404       404              404

# Users
listUsers                                401        403      403       403      403           403        403       403              200
createUser                               401        403      403       403      403           403        403       403              201
getUser                                  401        403      403       403      403           403        403       403              200
getUser (oneself)                        401        403      403       403      403           403        403       403              200
updateUser                               401        403      403       403      403           403        403       403              200
updateUser (name of the last admin)      401        403      403       403      403           403        403       403              200
inviteUser                               401        403      403       403      403           403        403       403              202
updateUser (role, after a long time)     401        403      403       403      403           403        403       403              403
deactivateUser                           401        403      403       403      403           403        403       403              204
deactivateUser (oneself)                 401        403      403       403      403           403        403       403              403
deactivateUser (the last admin)          401        403      403       403      403           403        403       403              409
getUserFactors                           401        403      403       403      403           403        403       403              200
endUserSessions                          401        403      403       403      403           403        403       403              204
removeUserFactors                        401        403      403       403      403           403        403       403              204
getSuspension                            401        403      403       403      403           403        403       403              200
getSuspension (of who is not suspended)  401        403      403       403      403           403        403       403              404
suspendUser                              401        403      403       403      403           403        403       403              200
suspendUser (again)                      401        403      403       403      403           403        403       403              200
suspendUser (oneself)                    401        403      403       403      403           403        403       403              403
suspendUser (the last admin)             401        403      403       403      403           403        403       403              409
suspendUser (the deactivated)            401        403      403       403      403           403        403       403              409
endSuspension                            401        403      403       403      403           403        403       403              204
endSuspension (of who is not suspended)  401        403      403       403      403           403        403       403              404

# Acting as another person: for admins by role, as nobody who has a say in the institution
startImpersonation                       401        403      403       403      403           403        403       403              201
startImpersonation (by a delegate)       401        403      403       403      403           403        403       403              201
startImpersonation (of an admin)         401        403      403       403      403           403        403       403              403
startImpersonation (of a delegate)       401        403      403       403      403           403        403       403              403
startImpersonation (of the suspended)    401        403      403       403      403           403        403       403              409
startImpersonation (after a long time)   401        403      403       403      403           403        403       403              403
endImpersonation                         401        403      403       403      403           403        403       403              204
endImpersonation (that is over)          401        403      403       403      403           403        403       403              404

# Institution
getSignInPolicy                          401        403      403       403      403           403        403       403              200
putSignInPolicy                          401        403      403       403      403           403        403       403              200

# Users who manage others by a custom role: they have nothing to give but what it gives them. They stand where the stranger stands
createUser (of more than one may)        401        403      403       403      403           403        403       403              201
updateUser (who may do more)             401        403      403       403      403           403        403       403              200
inviteUser (who may do more)             401        403      403       403      403           403        403       403              202
suspendUser (who may do more)            401        403      403       403      403           403        403       403              200
endSuspension (of who may do more)       401        403      403       403      403           403        403       403              204

# Custom roles
listCustomRoles                          401        403      403       403      403           403        403       403              200
createCustomRole                         401        403      403       403      403           403        403       403              201
createCustomRole (of more than one has)  401        403      403       403      403           403        403       403              201
getCustomRole                            401        403      403       403      403           403        403       403              200
updateCustomRole                         401        403      403       403      403           403        403       403              200
deleteCustomRole                         401        403      403       403      403           403        403       403              204
listCustomRoleMembers                    401        403      403       403      403           403        403       403              200
giveCustomRole                           401        403      403       403      403           403        403       403              204
giveCustomRole (of more than one has)    401        403      403       403      403           403        403       403              204
takeCustomRole                           401        403      403       403      403           403        403       403              204

# Groups
listGroups                               401        403      403       403      403           403        403       403              200
createGroup                              401        403      403       403      403           403        403       403              201
getGroup                                 401        403      403       403      403           403        403       403              200
updateGroup                              401        403      403       403      403           403        403       403              200
deleteGroup                              401        403      403       403      403           403        403       403              204
listGroupMembers                         401        403      403       403      403           403        403       403              200
addGroupMember                           401        403      403       403      403           403        403       403              204
addGroupMember (a directory’s group)     401        403      403       403      403           403        403       403              409
addGroupMember (with a strong role)      401        403      403       403      403           403        403       403              204
removeGroupMember                        401        403      403       403      403           403        403       403              204
giveGroupRole                            401        403      403       403      403           403        403       403              204
takeGroupRole                            401        403      403       403      403           403        403       403              204

# Rights explained
getMyPermissions                         401        200      200       200      200           200        200       200              200
getMyPermissions (in a draft)            401        200      404       200      200           200        200       404              200
getUserPermissions                       401        403      403       403      403           403        403       403              200

# Single sign-on: who may do all that there is decides whom a provider signs in
listSsoProviders                         401        403      403       403      403           403        403       403              200
createSsoProvider                        401        403      403       403      403           403        403       403              201
createSsoProvider (of SAML)              401        403      403       403      403           403        403       403              201
createSsoProvider (by a delegate)         401        403      403       403      403           403        403       403              201
getSsoProvider                           401        403      403       403      403           403        403       403              200
updateSsoProvider                        401        403      403       403      403           403        403       403              200
updateSsoProvider (by a delegate)        401        403      200       403      403           403        403       403              200
updateSsoProvider (whom it signs in)     401        403      403       403      403           403        403       403              200
deleteSsoProvider                        401        403      403       403      403           403        403       403              204

# Sign-in by a provider
listSignInProviders                      200        200      200       200      200           200        200       200              200
startSignOn                              302        302      302       302      302           302        302       302              302
completeSignOn                           302        302      302       302      302           302        302       302              302
completeSignOn (in another browser)      400        400      400       400      400           400        400       400              400
getSamlMetadata                          200        200      200       200      200           200        200       200              200
startSamlSignOn                          302        302      302       302      302           302        302       302              302
receiveSamlResponse                      303        303      303       303      303           303        303       303              303
completeSamlSignOn                       302        302      302       302      302           302        302       302              302
completeSamlSignOn (in another browser)  400        400      400       400      400           400        400       400              400
exchangeLoginCode                        200        200      200       200      200           200        200       200              200
backChannelLogout                        200        200      200       200      200           200        200       200              200
listMyIdentities                         401        200      200       200      200           200        200       200              200
unlinkMyIdentity                         401        204      204       204      204           204        204       204              204
unlinkMyIdentity (the last way)          401        404      409       404      404           404        404       404              404

# SCIM connections: who may do all that there is says whom a directory brings
listScimConnections                      401        403      403       403      403           403        403       403              200
createScimConnection                     401        403      403       403      403           403        403       403              201
createScimConnection (by a delegate)     401        403      403       403      403           403        403       403              201
getScimConnection                        401        403      403       403      403           403        403       403              200
updateScimConnection                     401        403      403       403      403           403        403       403              200
updateScimConnection (whom it brings)    401        403      403       403      403           403        403       403              200
rotateScimToken                          401        403      403       403      403           403        403       403              200
deleteScimConnection                     401        403      403       403      403           403        403       403              204

# SCIM: a directory calls, by a token that is nobody’s else. It stands where the stranger stands
getScimServiceProviderConfig             401        401      200       401      401           401        401       401              401
listScimResourceTypes                    401        401      200       401      401           401        401       401              401
getScimResourceType                      401        401      200       401      401           401        401       401              401
listScimSchemas                          401        401      200       401      401           401        401       401              401
getScimSchema                            401        401      200       401      401           401        401       401              401
listScimUsers                            401        401      200       401      401           401        401       401              401
createScimUser                           401        401      201       401      401           401        401       401              401
createScimUser (a known address)         401        401      201       401      401           401        401       401              401
createScimUser (an admin’s address)      401        401      409       401      401           401        401       401              401
getScimUser                              401        401      200       401      401           401        401       401              401
getScimUser (of another connection)      401        401      404       401      401           401        401       401              401
replaceScimUser                          401        401      200       401      401           401        401       401              401
updateScimUser                           401        401      200       401      401           401        401       401              401
updateScimUser (who manages people)      401        401      403       401      401           401        401       401              401
deleteScimUser                           401        401      204       401      401           401        401       401              401
listScimGroups                           401        401      200       401      401           401        401       401              401
createScimGroup                          401        401      201       401      401           401        401       401              401
getScimGroup                             401        401      200       401      401           401        401       401              401
replaceScimGroup                         401        401      200       401      401           401        401       401              401
updateScimGroup                          401        401      204       401      401           401        401       401              401
deleteScimGroup                          401        401      204       401      401           401        401       401              401

# Tasks and imports
getTask                                  401        404      404       200      404           404        404       404              200
listMyTasks                              401        200      200       200      200           200        200       200              200
cancelTask                               401        404      404       204      404           404        404       404              204
startImport                              401        403      403       403      403           403        403       403              202
startImport (after a long time)          401        403      403       403      403           403        403       403              403
startImport (of enrollments)             401        403      403       202      202           403        403       202              202
startImport (a file of another)          401        403      403       404      404           403        403       404              202
getImport                                401        404      404       200      404           404        404       404              200
listImportRows                           401        404      404       200      404           404        404       404              200
applyImport                              401        404      404       202      404           404        404       404              403
applyImport (not checked)                401        404      404       409      404           404        404       404              403

# Sessions of one’s own
listMySessions                           401        200      200       200      200           200        200       200              200
endMySession                             401        204      204       204      204           204        204       204              204
endMyOtherSessions                       401        204      204       204      204           204        204       204              204
endMySession (of another)                401        404      404       404      404           404        404       404              404

# API keys
listMyApiKeys                            401        200      200       200      200           200        200       200              200
createMyApiKey                           401        201      201       201      201           201        201       201              201
rotateMyApiKey                           401        200      200       200      200           200        200       200              200
rotateMyApiKey (of another)              401        404      404       404      200           404        404       404              404
revokeMyApiKey                           401        204      204       204      204           204        204       204              204
revokeMyApiKey (of another)              401        404      404       404      204           404        404       404              404
listUserApiKeys                          401        403      403       403      403           403        403       403              200
revokeUserApiKey                         401        403      403       403      403           403        403       403              204

# Privacy
requestMyErasure                         401        202      202       202      202           202        202       202              202
requestMyErasure (an owner)              401        202      202       409      202           202        202       202              202
getMyErasure                             401        200      200       200      200           200        200       200              200
withdrawMyErasure                        401        204      204       204      204           204        204       204              204
requestUserErasure                       401        403      403       403      403           403        403       403              202
requestUserErasure (the last admin)      401        403      403       403      403           403        403       403              409
withdrawUserErasure                      401        403      403       403      403           403        403       403              204
requestUserErasure (who may do more)     401        403      403       403      403           403        403       403              202
getErasureReceipt                        200        200      200       200      200           200        200       200              200
requestMyDataExport                      401        202      202       202      202           202        202       202              202
requestMyDataExport (while one is made)  401        409      409       409      409           409        409       409              409
listMyDataExports                        401        200      200       200      200           200        200       200              200
getMyDataExport                          401        200      200       200      200           200        200       200              200
getMyDataExport (another’s)              401        404      404       404      404           404        404       404              404
createMyDataExportLink                   401        201      201       201      201           201        201       201              201
createMyDataExportLink (another’s)       401        404      404       404      404           404        404       404              404
getDataExportContent                     401        401      401       401      401           401        401       401              401
getDataExportContent (by a ticket)       200        200      200       200      200           200        200       200              200
`;
