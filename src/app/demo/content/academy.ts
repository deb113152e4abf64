import { beekeeping } from './courses/beekeeping.ts';
import { bread } from './courses/bread.ts';
import { calligraphy } from './courses/calligraphy.ts';
import { coffeeStatistics } from './courses/coffee-statistics.ts';
import { dataPrivacy } from './courses/data-privacy.ts';
import { firstAid } from './courses/first-aid.ts';
import { nightSky } from './courses/night-sky.ts';
import { solfege } from './courses/solfege.ts';
import { tea } from './courses/tea.ts';
import { webPages } from './courses/web-pages.ts';
import { breadEnrollments } from './enrollments/bread.ts';
import { calligraphyEnrollments } from './enrollments/calligraphy.ts';
import { coffeeStatisticsEnrollments } from './enrollments/coffee-statistics.ts';
import { dataPrivacyEnrollments } from './enrollments/data-privacy.ts';
import { firstAidEnrollments } from './enrollments/first-aid.ts';
import { nightSkyEnrollments } from './enrollments/night-sky.ts';
import { solfegeEnrollments } from './enrollments/solfege.ts';
import { teaEnrollments } from './enrollments/tea.ts';
import { webPagesEnrollments } from './enrollments/web-pages.ts';
import { demoInstitution } from './institution.ts';
import { demoPeople } from './people.ts';
import type {
  DemoCourse,
  DemoEnrollment,
  DemoEnrollmentOfCourse,
  DemoInstitution,
  DemoPerson,
} from './types.ts';

export interface DemoAcademy {
  people: DemoPerson[];
  courses: DemoCourse[];
  /** At most one per student and course. */
  enrollments: DemoEnrollment[];
  institution: DemoInstitution;
}

const of = (course: DemoCourse, rows: DemoEnrollmentOfCourse[]): DemoEnrollment[] =>
  rows.map((row) => ({ ...row, course: course.key }));

/** Everything that the demo academy consists of, as plain data: no clock, no randomness, nothing to fetch. */
export const demoAcademy: DemoAcademy = {
  people: demoPeople,
  courses: [
    nightSky,
    coffeeStatistics,
    bread,
    calligraphy,
    tea,
    firstAid,
    dataPrivacy,
    solfege,
    webPages,
    beekeeping,
  ],
  enrollments: [
    ...of(nightSky, nightSkyEnrollments),
    ...of(coffeeStatistics, coffeeStatisticsEnrollments),
    ...of(bread, breadEnrollments),
    ...of(calligraphy, calligraphyEnrollments),
    ...of(tea, teaEnrollments),
    ...of(firstAid, firstAidEnrollments),
    ...of(dataPrivacy, dataPrivacyEnrollments),
    ...of(solfege, solfegeEnrollments),
    ...of(webPages, webPagesEnrollments),
  ],
  institution: demoInstitution,
};
