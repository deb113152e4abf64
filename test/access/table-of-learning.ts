/** The lines of `accessTable` on courses and what comes of them, and on how the system runs. */
//                                       anonymous  student  stranger  owner    coInstructor  assistant  observer  otherInstructor  admin
export const tableOfLearning = `
# Courses: drafts and archived courses are there for the staff, the enrolled and admins
listCourses                              200        200      200       200      200           200        200       200              200
listCourses (own)                        401        200      200       200      200           200        200       200              200
createCourse                             401        403      403       201      201           403        403       201              201
getCourse                                200        200      200       200      200           200        200       200              200
getCourse (by its address)               200        200      200       200      200           200        200       200              200
getCourse (draft)                        404        200      404       200      200           200        200       404              200
getCourse (archived)                     404        200      404       200      200           200        200       404              200
updateCourse                             401        403      403       200      200           403        403       403              200
updateCourse (draft)                     401        403      404       200      200           403        403       404              200
archiveCourse                            401        403      403       204      204           403        403       403              204
restoreCourse                            401        403      404       204      204           403        403       404              204
publishCourse                            401        403      404       200      200           403        403       404              200
unpublishCourse                          401        403      403       204      204           403        403       403              204

# Course staff
listCourseStaff                          401        403      403       200      403           403        403       403              200
listCourseStaff (draft)                  401        403      404       200      403           403        403       404              200
setCourseStaff                           401        403      403       200      403           403        403       403              200
setCourseStaff (the last owner)          401        403      403       409      403           403        403       403              409
setCourseStaff (a student as owner)      401        403      403       409      403           403        403       403              409
removeCourseStaff                        401        403      403       204      403           403        403       403              204

# Outline
getOutline                               200        200      200       200      200           200        200       200              200
getOutline (draft)                       404        200      404       200      200           200        200       404              200
arrangeOutline                           401        403      403       200      200           403        403       403              200
addSection                               401        403      403       201      201           403        403       403              201
addSection (draft)                       401        403      404       201      201           403        403       404              201
updateSection                            401        403      403       200      200           403        403       403              200
deleteSection                            401        403      403       204      204           403        403       403              204

# Lessons: for the enrolled and the staff, a preview for anyone, what is not ready for its authors
addLesson                                401        403      403       201      201           403        403       403              201
getLesson                                401        200      403       200      200           200        200       403              200
getLesson (a preview)                    200        200      200       200      200           200        200       200              200
getLesson (not ready)                    404        404      404       200      200           404        404       404              200
getLesson (draft)                        404        200      404       200      200           200        200       404              200
getLesson (a preview in a draft)         404        200      404       200      200           200        200       404              200
getLesson (archived)                     404        200      404       200      200           200        200       404              200
getLesson (withdrawn)                    401        403      403       200      200           200        200       403              200
updateLesson                             401        403      403       200      200           403        403       403              200
updateLesson (draft)                     401        403      404       200      200           403        403       404              200
deleteLesson                             401        403      403       204      204           403        403       403              204

# Enrollments
enroll (oneself, published)              401        200      201       409      409           409        409       201              201
enroll (oneself, by staff only)          401        200      403       409      409           409        409       403              201
enroll (oneself, draft)                  401        200      404       409      409           409        409       404              409
enroll (oneself, archived)               401        200      409       409      409           409        409       409              409
enroll (somebody else)                   401        403      403       201      201           403        403       403              201
getEnrollment                            401        200      404       200      200           200        200       404              200
withdraw                                 401        204      404       204      204           403        403       404              204
listMyEnrollments                        401        200      200       200      200           200        200       200              200
listCourseEnrollments                    401        403      403       200      200           200        200       403              200
listCourseEnrollments (draft)            401        403      404       200      200           200        200       404              200

# Progress: learning is for the learner alone
getProgress                              401        200      404       200      200           200        200       404              200
saveHeartbeat                            401        200      404       403      403           403        403       404              403
saveHeartbeat (withdrawn)                401        409      404       403      403           403        403       404              403
completeLesson                           401        200      404       403      403           403        403       404              403
completeLesson (a video not watched)     401        409      404       403      403           403        403       404              403

# Reviews
putReview                                401        200      404       403      403           403        403       404              403
listReviews                              200        200      200       200      200           200        200       200              200
listReviews (draft)                      404        200      404       200      200           200        200       404              200

# Quizzes: settings for whoever may read the lesson, questions and their answers for the staff
getQuiz                                  401        200      403       200      200           200        200       403              200
getQuiz (draft)                          401        200      404       200      200           200        200       404              200
putQuiz                                  401        403      403       200      200           403        403       403              200
putQuiz (draft)                          401        403      404       200      200           403        403       404              200
listQuestions                            401        403      404       200      200           200        200       404              200
getQuestion                              401        403      404       200      200           200        200       404              200
addQuestion                              401        403      404       201      201           403        403       404              201
orderQuestions                           401        403      404       200      200           403        403       404              200
updateQuestion                           401        403      404       200      200           403        403       404              200
removeQuestion                           401        403      404       204      204           403        403       404              204

# Attempts: made by the enrolled, read by their learner and the staff
startAttempt                             401        200      404       409      409           409        409       404              409
startAttempt (draft)                     401        201      404       409      409           409        409       404              409
startAttempt (withdrawn)                 401        409      404       409      409           409        409       404              409
listQuizAttempts                         401        200      404       200      200           200        200       404              200
listCourseAttempts                       401        200      403       200      200           200        200       403              200
listCourseAttempts (draft)               401        200      404       200      200           200        200       404              200
getAttempt                               401        200      404       200      200           200        200       404              200
getAttempt (submitted)                   401        200      404       200      200           200        200       404              200
saveAnswers                              401        200      404       403      403           403        403       404              403
submitAttempt                            401        200      404       403      403           403        403       404              403
gradeAttempt                             401        403      404       200      200           200        403       404              200

# Files: for who uploaded them, whoever may read a lesson that they belong to, and admins
uploadFile                               401        201      201       201      201           201        201       201              201
getFile                                  401        200      404       200      200           200        200       404              200
getFile (of a preview)                   200        200      200       200      200           200        200       200              200
getFile (of a draft)                     401        200      404       200      200           200        200       404              200
getFile (of a lesson that was left)      401        404      404       200      200           200        200       404              200
getFile (of no lesson)                   401        200      404       404      404           404        404       404              200
getFileContent                           401        200      404       200      200           200        200       404              200
getFileContent (of a preview)            200        200      200       200      200           200        200       200              200
getFileContent (by a ticket)             200        200      200       200      200           200        200       200              200
deleteFile                               401        204      404       404      404           404        404       404              204
deleteFile (in use)                      401        403      404       409      403           403        403       404              409
startUpload                              401        201      201       201      201           201        201       201              201
sendUpload                               204        204      204       204      204           204        204       204              204
completeUpload                           401        200      404       404      404           404        404       404              404
getLessonFile                            401        200      403       200      200           200        200       403              200
getLessonFile (a preview)                200        200      200       200      200           200        200       200              200
getLessonFile (draft)                    404        200      404       200      200           200        200       404              200
putLessonFile                            401        403      403       200      200           403        403       403              200
putLessonFile (another’s file)           401        403      403       404      404           403        403       403              200
putLessonFile (draft)                    401        403      404       200      200           403        403       404              200
listAttachments                          401        200      403       200      200           200        200       403              200
listAttachments (of a preview)           200        200      200       200      200           200        200       200              200
attachFile                               401        403      403       201      201           403        403       403              201
detachFile                               401        403      403       204      204           403        403       403              204

# Pictures: public, once they are made
putMyAvatar                              401        200      200       200      200           200        200       200              200
deleteMyAvatar                           401        204      204       204      204           204        204       204              204
putCoursePicture                         401        403      403       200      200           403        403       403              200
deleteCoursePicture                      401        403      403       204      204           403        403       403              204
getPicture                               200        200      200       200      200           200        200       200              200

# Certificates
listMyCertificates                       401        200      200       200      200           200        200       200              200
listCertificates                         401        403      403       403      403           403        403       403              200
listCertificates (of a course)           401        403      403       200      200           200        200       403              200
listCertificates (of a draft)            401        403      404       200      200           200        200       404              200
getCertificate                           401        200      404       200      200           200        200       404              200
getCertificatePdf                        401        200      404       200      200           200        200       404              200
verifyCertificate                        200        200      200       200      200           200        200       200              200
reissueCertificate                       401        403      403       403      403           403        403       403              201
reissueCertificate (replaced)            401        403      403       403      403           403        403       403              409
revokeCertificate                        401        403      403       403      403           403        403       403              200

# Notifications
listNotifications                        401        200      200       200      200           200        200       200              200
readNotifications                        401        200      200       200      200           200        200       200              200
followEvents                             401        200      200       200      200           200        200       200              200
createStreamTicket                       401        201      201       201      201           201        201       201              201
getNotificationPreferences               401        200      200       200      200           200        200       200              200
updateNotificationPreferences            401        200      200       200      200           200        200       200              200
unsubscribe                              204        204      204       204      204           204        204       204              204

# Mail
listMails                                401        403      403       403      403           403        403       403              200
retryMail                                401        403      403       403      403           403        403       403              200
retryMail (sent)                         401        403      403       403      403           403        403       403              409

# Events and webhooks
listEventTypes                           401        403      403       403      403           403        403       403              200
listEvents                               401        403      403       403      403           403        403       403              200
listWebhooks                             401        403      403       403      403           403        403       403              200
createWebhook                            401        403      403       403      403           403        403       403              201
getWebhook                               401        403      403       403      403           403        403       403              200
getWebhook (unknown)                     401        403      403       403      403           403        403       403              404
updateWebhook                            401        403      403       403      403           403        403       403              200
deleteWebhook                            401        403      403       403      403           403        403       403              204
deleteWebhook (deleted)                  401        403      403       403      403           403        403       403              404
rotateWebhookSecret                      401        403      403       403      403           403        403       403              201
testWebhook                              401        403      403       403      403           403        403       403              202
testWebhook (inactive)                   401        403      403       403      403           403        403       403              409
listWebhookDeliveries                    401        403      403       403      403           403        403       403              200
redeliverWebhookDelivery                 401        403      403       403      403           403        403       403              202
redeliverWebhookDelivery (of another)    401        403      403       403      403           403        403       403              404
redeliverWebhookEvents                   401        403      403       403      403           403        403       403              202

# Audit trail
listAuditEvents                          401        403      403       403      403           403        403       403              200
getAuditEvent                            401        403      403       403      403           403        403       403              200
getAuditEvent (unknown)                  401        403      403       403      403           403        403       403              404
exportAuditEvents                        401        403      403       403      403           403        403       403              200

# Queues and jobs
listQueues                               401        403      403       403      403           403        403       403              200
listJobs                                 401        403      403       403      403           403        403       403              200
retryJob                                 401        403      403       403      403           403        403       403              200
retryJob (waiting)                       401        403      403       403      403           403        403       403              409
`;
