/** Windows knows no permission bits: there every file has the mode that it should have. */
const hasModes = process.platform !== 'win32';

/** Whether two permission bits (octal 7777) are the same, as far as this system can tell. */
export function sameMode(one: number, other: number): boolean {
  return !hasModes || one === other;
}

/** Whether the owner may execute the file. */
export function isExecutable(mode: number): boolean {
  return (mode & 0o100) !== 0;
}

/** The mode that a file gets when nobody says otherwise. */
export function usualMode(executable: boolean): number {
  return executable ? 0o755 : 0o644;
}
