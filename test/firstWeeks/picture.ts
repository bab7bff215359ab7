/** The smallest PNG, as a browser uploads it. */
export function pictureFile(name = 'chair.png'): File {
  const base64 = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
  return new File([Buffer.from(base64, 'base64')], name, { type: 'image/png' });
}
