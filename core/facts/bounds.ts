/** An inclusive range; the name of the constant that holds it says the unit. */
export interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

/** Whether `value` lies in `bounds`, both ends included. NaN never does. */
export function isWithin(value: number, bounds: Bounds): boolean {
  return value >= bounds.minimum && value <= bounds.maximum;
}
