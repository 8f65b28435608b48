const side = 256;

/** The middle of a picture as a small square. A file that is no picture is a DOMException. */
export async function asPortrait(file: File): Promise<Blob> {
  const picture = await createImageBitmap(file);
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const length = Math.min(picture.width, picture.height);
  canvas
    .getContext('2d')
    ?.drawImage(picture, (picture.width - length) / 2, (picture.height - length) / 2, length, length, 0, 0, side, side);
  picture.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (blob === null) throw new DOMException('nothing drawn', 'EncodingError');
  return blob;
}
