// For the features after this one, which may not read its queries.
export { findStanding } from '../queries/standing.ts';
