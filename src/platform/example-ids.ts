/** Ids for the examples in the API's document: each stands for the same thing wherever it is shown. */
export const exampleIds = {
  userId: '018f3c1e-7b2a-7c44-9d10-3a5e6f708192',
  courseId: '018f3c1e-8a10-7d3b-8f21-5b6c7d8e9fa0',
  enrollmentId: '018f3c1e-9b31-7e5c-a032-6c7d8e9fa0b1',
  lessonId: '018f3c1e-a442-7f6d-b143-7d8e9fa0b1c2',
  quizId: '018f3c1e-b553-707e-8254-8e9fa0b1c2d3',
  attemptId: '018f3c1e-c664-718f-9365-9fa0b1c2d3e4',
  certificateId: '018f3c1e-d775-7290-a476-a0b1c2d3e4f5',
  fileId: '018f3c1e-e001-7318-a512-b0c1d2e3f405',
  webhookId: '018f3c1e-e886-73a1-b587-b1c2d3e4f506',
} as const;
