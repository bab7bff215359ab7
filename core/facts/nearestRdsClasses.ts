import { isBeginning, nameDistance, nearestBy } from './nearest.ts';
import { rdsClassRows } from './rdsClasses.ts';

const sizeNames = ['micro', 'small', 'medium', 'large', 'xlarge'];

/** Place of a size on a scale where each step doubles the vCPU or memory; undefined for what is no size. */
function sizeStep(size: string): number | undefined {
  const multiple = /^([1-9][0-9]{0,2})xlarge$/.exec(size)?.[1];
  const step = multiple === undefined ? sizeNames.indexOf(size) : sizeNames.length - 1 + Math.log2(Number(multiple));
  return step < 0 ? undefined : step;
}

function sizeDistance(wanted: string, known: string): number {
  const wantedStep = sizeStep(wanted);
  const knownStep = sizeStep(known);
  return wantedStep === undefined || knownStep === undefined
    ? nameDistance(wanted, known)
    : Math.abs(wantedStep - knownStep);
}

/**
 * Edits between two families; less than one when only the beginning was given, as `m7` for `m7g`. Another first letter
 * counts twice: it stands for another kind of instance.
 */
function familyDistance(wanted: string, known: string): number {
  if (wanted !== known && isBeginning(wanted, known)) {
    return 0.5;
  }
  return nameDistance(wanted, known) + (wanted.charAt(0) === known.charAt(0) ? 0 : 1);
}

/**
 * Names of the known classes that are most like `name`, best first: other sizes of the same family, then what differs
 * least in family and size together, then what is proposed first. `db.` and case do not matter.
 */
export function nearestRdsClasses(name: string, count = 3): readonly string[] {
  const [wantedFamily = '', wantedSize = ''] = name.trim().toLowerCase().replace(/^db\./, '').split('.');
  return nearestBy(rdsClassRows, count, ({ family, size }) => [
    family === wantedFamily ? 0 : 1,
    familyDistance(wantedFamily, family) + sizeDistance(wantedSize, size),
  ]).map((row) => row.name);
}
