/** A start or an end is enough: half of a conflict resolved is not resolved. `=======` alone underlines headings. */
const marker = /^(?:<{7,}|>{7,})(?: .*)?\r?$/m;

/** Whether a text holds the conflict markers that merging tools leave, ours or those of others. */
export function hasMarkers(text: string): boolean {
  return marker.test(text);
}
