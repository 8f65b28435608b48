/** The server takes so many values of a filter. */
export const mostValues = 20;

/** The values of a filter in the address: commas between them, and a backslash before a comma that is part of one. */
export function valuesOf(text: string | undefined): string[] {
  const parts = (text ?? '').match(/(?:\\[\s\S]|[^\\,])+/g) ?? [];
  return [...new Set(parts.map((part) => part.replace(/\\([\s\S])/g, '$1')))].slice(0, mostValues);
}

/** Some values as the address has them. */
export const textOf = (values: readonly string[]): string | undefined =>
  values.length === 0 ? undefined : values.map((value) => value.replace(/[\\,]/g, '\\$&')).join(',');
