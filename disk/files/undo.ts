/** @param remaining what could not be taken back so far */
type TakeBack = (remaining: ReadonlySet<string>) => Promise<unknown>;

/** How to take back what was done so far, newest first. */
export class Undo {
  readonly #steps: { readonly path: string; readonly takeBack: TakeBack }[] = [];

  /** @param path what people are told when taking back fails */
  add(path: string, takeBack: TakeBack): void {
    this.#steps.push({ path, takeBack });
  }

  /**
   * Takes back everything, and goes on after a step that fails.
   *
   * @returns the paths that could not be taken back
   */
  async run(): Promise<string[]> {
    const remaining = new Set<string>();
    for (const { path, takeBack } of this.#steps.splice(0).toReversed()) {
      try {
        await takeBack(remaining);
      } catch {
        remaining.add(path);
      }
    }
    return [...remaining];
  }
}
