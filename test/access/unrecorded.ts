const authoring = 'the content of a course, by those who author it; who they are is recorded';
const asking = 'a question; its answer is recorded';
const own = 'what people do with what is theirs alone';
const learning = 'learning; the records of it say who, what and when';
const sending = 'what is sent stands in the list of deliveries';

/**
 * Operations that change something and leave nothing in the audit trail, each with the reason. Any other leaves an entry:
 * `table.test.ts` looks.
 */
export const unrecorded: Readonly<Record<string, string>> = {
  refresh: 'a session that goes on; a token that comes twice is recorded',

  getSignInPasskeyOptions: asking,
  getStepUpPasskeyOptions: asking,
  getPasskeyOptions: asking,
  receiveSamlResponse: 'counts for nothing until its browser comes for it, which is recorded',
  beginTotp: 'counts for nothing until it is confirmed, which is recorded',

  updateMe: own,
  renamePasskey: own,
  putMyAvatar: own,
  deleteMyAvatar: own,
  readNotifications: own,
  updateNotificationPreferences: own,
  unsubscribe: own,
  createStreamTicket: own,
  uploadFile: own,
  startUpload: own,
  sendUpload: own,
  completeUpload: own,

  updateCourse: authoring,
  arrangeOutline: authoring,
  addSection: authoring,
  updateSection: authoring,
  deleteSection: authoring,
  addLesson: authoring,
  updateLesson: authoring,
  deleteLesson: authoring,
  putQuiz: authoring,
  addQuestion: authoring,
  orderQuestions: authoring,
  updateQuestion: authoring,
  removeQuestion: authoring,
  putLessonFile: authoring,
  attachFile: authoring,
  detachFile: authoring,
  putCoursePicture: authoring,
  deleteCoursePicture: authoring,

  saveHeartbeat: learning,
  completeLesson: learning,
  putReview: learning,
  startAttempt: learning,
  saveAnswers: learning,
  submitAttempt: learning,

  testWebhook: sending,
  redeliverWebhookDelivery: sending,
  redeliverWebhookEvents: sending,
};
