/** Why the server refused: a code whose words are ours, and what the server says in English. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: readonly { field: string; code: string; detail: string }[] = [],
    readonly seconds = 0,
    readonly trace = '',
  ) {
    super(detail);
    this.name = 'Problem';
  }

  /** The connection failed, or what stands between failed. */
  get isTransient(): boolean {
    return this.status === 0 || (this.status >= 502 && this.status <= 504);
  }
}

type Body = {
  code?: unknown;
  detail?: unknown;
  error?: unknown;
  fields?: { field?: string; code?: string; detail?: string }[];
  params?: { seconds?: number };
  trace_id?: unknown;
};

const text = (value: unknown) => (typeof value === 'string' ? value : '');

export async function problemOf(response: Response): Promise<Problem> {
  let body: Body = {};
  try {
    body = (await response.json()) as Body;
  } catch {
    // Not ours: a proxy's page.
  }
  const detail = text(body.detail) || text(body.error) || response.statusText;
  const fallback = response.status === 401 ? 'signed_out' : response.status === 403 ? 'forbidden' : 'refused';
  return new Problem(
    response.status,
    text(body.code) || (response.status >= 500 ? 'server' : fallback),
    detail,
    (body.fields ?? []).map((f) => ({ field: f.field ?? '', code: f.code ?? '', detail: f.detail ?? '' })),
    body.params?.seconds ?? 0,
    text(body.trace_id),
  );
}
