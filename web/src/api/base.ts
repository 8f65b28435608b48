/** The path under which a reverse proxy publishes this server; empty: the root. */
export const basePath = (() => {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="hawser-base"]')?.content ?? '';
  return meta.startsWith('__') ? '' : meta;
})();
