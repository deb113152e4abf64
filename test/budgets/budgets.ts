/**
 * How many SQL statements one request may take: all but BEGIN and COMMIT, the sign-in check and the jobs that it adds
 * included. A read of one thing takes at most 3, a heartbeat and a lesson's completion at most 6, a list as many for
 * a hundred rows as for one.
 */
export const budgets: Readonly<Record<string, number>> = {
  getHealth: 1,
  getReadiness: 2,

  register: 6,
  login: 5,
  refresh: 5,
  logout: 4,
  verifyEmail: 4,
  requestPasswordReset: 3,
  resetPassword: 7,
  getMe: 2,
  updateMe: 3,

  listUsers: 3,
  createUser: 4,
  getUser: 2,
  updateUser: 8,
  deactivateUser: 5,

  listCourses: 4,
  createCourse: 5,
  getCourse: 2,
  updateCourse: 5,
  archiveCourse: 3,
  restoreCourse: 3,
  publishCourse: 6,
  unpublishCourse: 3,
  listCourseStaff: 3,
  setCourseStaff: 7,
  removeCourseStaff: 5,

  getOutline: 3,
  arrangeOutline: 7,
  addSection: 4,
  updateSection: 6,
  deleteSection: 6,
  addLesson: 7,
  getLesson: 2,
  updateLesson: 8,
  deleteLesson: 8,

  enroll: 7,
  getEnrollment: 2,
  withdraw: 4,
  listMyEnrollments: 2,
  listCourseEnrollments: 3,
  putReview: 3,
  listReviews: 3,

  getProgress: 3,
  saveHeartbeat: 6,
  completeLesson: 6,

  getQuiz: 2,
  putQuiz: 5,
  listQuestions: 3,
  getQuestion: 3,
  addQuestion: 12,
  orderQuestions: 5,
  updateQuestion: 12,
  removeQuestion: 12,

  startAttempt: 5,
  listQuizAttempts: 3,
  listCourseAttempts: 3,
  getAttempt: 2,
  saveAnswers: 4,
  submitAttempt: 11,
  gradeAttempt: 10,

  listMyCertificates: 2,
  listCertificates: 3,
  getCertificate: 2,
  getCertificatePdf: 2,
  verifyCertificate: 2,
  reissueCertificate: 8,
  revokeCertificate: 3,

  getNotificationPreferences: 2,
  updateNotificationPreferences: 4,
  unsubscribe: 2,

  listMails: 3,
  retryMail: 5,

  listQueues: 2,
  listJobs: 3,
  retryJob: 4,
};
