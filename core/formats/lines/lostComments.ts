/**
 * The comments that were there before and are gone, each as often as it is missing.
 *
 * @param mayGo comments that the generator dropped by itself
 */
export function lostComments(
  before: readonly string[],
  after: readonly string[],
  mayGo: readonly string[] = [],
): readonly string[] {
  const left = [...after, ...mayGo].map((comment) => comment.trim());
  return before.filter((comment) => {
    const index = left.indexOf(comment.trim());
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
