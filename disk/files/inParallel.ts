/** Files that are written at once: a disk takes hardly longer to put several in safety than one. */
const most = 8;

/**
 * Carries out an action for every item, several at once. After a failure no other is begun.
 *
 * @returns the results in the order of the items
 * @throws the first failure, when all that had been begun has ended, so that nothing happens any more
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  act: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      try {
        results[index] = await act(item, index);
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: most }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
