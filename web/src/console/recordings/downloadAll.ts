import { localAddress, type Recording } from './queries';

/** Browsers drop downloads that begin in the same moment. */
const apart = 500;

/** Saves the files of several recordings, one after the other; what has none is passed over. */
export async function downloadAll(recordings: readonly Recording[]): Promise<void> {
  for (const { downloadUrl } of recordings) {
    if (downloadUrl === undefined) continue;
    const link = document.createElement('a');
    link.href = localAddress(downloadUrl);
    link.download = '';
    link.click();
    await new Promise((done) => setTimeout(done, apart));
  }
}
