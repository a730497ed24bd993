import { expect, test } from 'vitest';
import { whereaboutsOf, type Answer, type Whereabouts } from './whereabouts.ts';

const answers: Answer[] = ['ON', 'PAUSED', 'OFF', 'ABSENT', 'SILENT', 'GIVEN_UP'];

/** Rows: what the source says. Columns: what the target says, in the order of {@link answers}. */
const table: Record<Answer, Whereabouts[]> = {
  ON: ['UNCLEAR', 'SOURCE', 'SOURCE', 'SOURCE', 'UNCLEAR', 'SOURCE'],
  PAUSED: ['TARGET', 'UNCLEAR', 'SOURCE', 'SOURCE', 'UNCLEAR', 'UNCLEAR'],
  OFF: ['TARGET', 'TARGET', 'NEITHER', 'NEITHER', 'UNCLEAR', 'UNCLEAR'],
  ABSENT: ['TARGET', 'TARGET', 'NEITHER', 'NEITHER', 'UNCLEAR', 'UNCLEAR'],
  SILENT: ['TARGET', 'UNCLEAR', 'UNCLEAR', 'UNCLEAR', 'UNCLEAR', 'UNCLEAR'],
  GIVEN_UP: ['TARGET', 'UNCLEAR', 'UNCLEAR', 'UNCLEAR', 'UNCLEAR', 'UNCLEAR'],
};

test.for(answers)('of a machine whose source says %s nothing is concluded that may be wrong', (source) => {
  expect(answers.map((target) => whereaboutsOf(source, target))).toEqual(table[source]);
});
