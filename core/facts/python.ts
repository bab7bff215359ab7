/**
 * The Python versions that can be chosen for the image and CI: those on which every pinned package has a wheel for both
 * CPU architectures (templates/versions/uv.lock, which a test reads), from 3.12, which both Django versions run on.
 */
export const pythonVersions = ['3.12', '3.13', '3.14', '3.15'] as const;

export type PythonVersion = (typeof pythonVersions)[number];

/** The newest that gunicorn 27.0.1 names among its classifiers. */
export const pythonDefault: PythonVersion = '3.13';

/**
 * The newest Python of CodeBuild's standard images, amazonlinux-x86_64-standard:5.0 and amazonlinux-aarch64-standard:3.0
 * among them: runtimes.yml of their Dockerfiles, read at the version of 2026-04-09.
 */
export const codeBuildPythonMaximum: PythonVersion = '3.14';

/** Whether a version, such as `3.12`, comes before another: 3.9 before 3.13. */
export function isOlderPython(version: string, other: string): boolean {
  const [minor, otherMinor] = [version, other].map((text) => Number(text.split('.')[1])) as [number, number];
  return minor < otherMinor;
}
