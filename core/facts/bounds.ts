/** An inclusive range; the name of the constant that holds it says the unit. */
export interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}
