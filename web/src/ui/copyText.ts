/** Puts a text on the clipboard. Without a secure context browsers offer the old way only. */
export async function copyText(value: string): Promise<boolean> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(value);
    return true;
  }
  const area = document.createElement('textarea');
  area.value = value;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way over plain HTTP
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
