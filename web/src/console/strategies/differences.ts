type Options = Record<string, string>;

/** Where two sets of options differ, by key; undefined is an option that is not set. */
export function differences(one: Options, other: Options): { key: string; one: string | undefined; other: string | undefined }[] {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return keys.filter((key) => one[key] !== other[key]).map((key) => ({ key, one: one[key], other: other[key] }));
}
