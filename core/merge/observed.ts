/** What stands at a path of the user's folder now. `mode` holds the permission bits (octal 7777). */
export type Observed =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly mode: number }
  | { readonly kind: 'folder' }
  /** Something that is neither compared nor touched; the reason is for people, after the path. */
  | { readonly kind: 'special'; readonly reason: string };
