/** Columns of a line: prettier's `printWidth` unless configured (https://prettier.io/docs/options#print-width). */
export const lineWidth = 80;
