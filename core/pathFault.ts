/**
 * Says why a path must never be written: paths also come from files on disk, which anyone may have edited.
 *
 * @param path relative POSIX path inside the repository
 * @returns the reason, or undefined for a path that stays inside the folder
 */
export function pathFault(path: string): string | undefined {
  const segments = path.split('/');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is not a relative path';
  if (segments.includes('..')) return 'leads outside the folder';
  if (/[\\\0]/.test(path) || segments.some((segment) => segment === '' || segment === '.'))
    return 'is not a plain path';
  if (segments.some((segment) => segment.toLowerCase() === '.git')) return 'is in a .git folder';
  return undefined;
}
