/**
 * What the learner's own attempt tells of its outcome, by the quiz's `showResults` and how the attempt stands: nothing,
 * the score, or the right answers with it. The staff see all at any time.
 */
export const shownTable = `
                 open     failed   passed
never            nothing  nothing  nothing
score            nothing  score    score
afterPass        nothing  score    answers
afterSubmission  nothing  answers  answers
`;
