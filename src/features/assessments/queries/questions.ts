import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { json } from '#platform/db/json.ts';
import type { Question } from '../question.ts';

const columns = [
  'id',
  'quiz_id',
  'type',
  'prompt',
  'points',
  'explanation',
  'body',
  'version',
  'created_at',
  'updated_at',
] as const;

export type QuestionRow = NonNullable<Awaited<ReturnType<typeof findQuestion>>>;

/** The quiz's questions in order, without those taken out. */
export function listQuestions(db: Db, quizId: string): Promise<QuestionRow[]> {
  return db
    .selectFrom('question')
    .select(columns)
    .where('quiz_id', '=', quizId)
    .where('removed_at', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute();
}

export function findQuestion(db: Db, id: string) {
  return db
    .selectFrom('question')
    .select(columns)
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
}

/** A row as the question that it holds. */
export function questionOf(row: QuestionRow): Question {
  const { id, type, prompt, points, explanation } = row;
  return { id, type, prompt, points, explanation, ...(row.body as object) } as Question;
}

export function countQuestions(tx: Tx, quizId: string): Promise<{ count: number }> {
  return tx
    .selectFrom('question')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('quiz_id', '=', quizId)
    .where('removed_at', 'is', null)
    .executeTakeFirstOrThrow();
}

/** Adds it after the others; the quiz's row is locked. */
export function insertQuestion(tx: Tx, quizId: string, question: Question, now: Date): Promise<QuestionRow> {
  return tx
    .insertInto('question')
    .values({
      ...columnsOf(question),
      id: question.id,
      quiz_id: quizId,
      type: question.type,
      position: sql<number>`(select coalesce(max(position), 0) + 1 from question where quiz_id = ${quizId})`,
      created_at: now,
      updated_at: now,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

export function updateQuestion(tx: Tx, question: Question, now: Date): Promise<QuestionRow> {
  return tx
    .updateTable('question')
    .set((eb) => ({ ...columnsOf(question), version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', question.id)
    .returning(columns)
    .executeTakeFirstOrThrow();
}

function columnsOf(question: Question) {
  const { id: _id, type: _type, prompt, points, explanation = null, ...body } = question;
  return { prompt, points, explanation, body: json(body) };
}

export async function removeQuestionRow(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.updateTable('question').set({ removed_at: now, updated_at: now }).where('id', '=', id).execute();
}

/** Puts the questions into the order of the list, which names each of them. */
export async function orderQuestionRows(tx: Tx, questionIds: readonly string[]): Promise<void> {
  await sql`
    update question set position = given.position
    from unnest(${questionIds}::uuid[]) with ordinality as given (id, position)
    where question.id = given.id`.execute(tx);
}
