/** Where a file of the tables is written: `project/` stands for the package of the project. */
export function emittedPath(row: string, projectName: string): string {
  return row.replace(/^project\//, `${projectName}/`);
}
