/** Nine or ten digits in groups of three, as people read them out; other ids as they are. */
export function groupedId(id: string): string {
  return /^\d{6,}$/.test(id) ? id.replaceAll(/\B(?=(\d{3})+$)/g, ' ') : id;
}
