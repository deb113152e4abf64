import { tableOfAccounts } from './table-of-accounts.ts';
import { tableOfLearning } from './table-of-learning.ts';

/**
 * Who may do what. A line is one operation on one thing, a column is a caller, a cell the status that the caller gets:
 * 401 sign in first, 403 you know of it but may not, 404 not yours to know of, 409 not as things stand.
 * How each line is called stands under the same name in `calls/`.
 */
export const accessTable = `
                                         anonymous  student  stranger  owner    coInstructor  assistant  observer  otherInstructor  admin
${tableOfAccounts}${tableOfLearning}`;
