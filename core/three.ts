/** The three contents of one thing: what was last rendered, what the user has now, what is rendered now. */
export interface Three<Content> {
  readonly last: Content;
  readonly yours: Content;
  readonly next: Content;
}
