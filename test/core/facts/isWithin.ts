import type { Bounds } from '../../../core/facts/bounds.ts';

/** Whether `value` lies in `bounds`, both ends included. NaN never does. */
export function isWithin(value: number, bounds: Bounds): boolean {
  return value >= bounds.minimum && value <= bounds.maximum;
}
