/** SQL: the title of the course that a row names. */
export function titleOfCourse(table: string): string {
  return `(select title from course where course.id = ${table}.course_id)`;
}
