import { queryOptions } from '@tanstack/react-query';
import { call } from '../api/client';

export type Node = {
  guid: string;
  name: string;
  version: string;
  up: boolean;
  started_at: string;
  seen_at: string;
  devices: number;
  cpu_percent: number;
  memory: number;
  parts: { part: string; state: string }[];
  drains_since?: string | null;
};

export const nodesQuery = queryOptions({
  queryKey: ['health', 'nodes'],
  queryFn: ({ signal }) => call<Node[]>('GET', '/api/console/nodes', { signal }),
  refetchInterval: 15_000,
});

/** How a node is: one that is to drain does so once it wrote of itself again. */
export function stateOf(node: Node): 'healthy' | 'down' | 'draining' | 'toDrain' {
  if (!node.up) return 'down';
  if (node.drains_since === undefined || node.drains_since === null) return 'healthy';
  return node.seen_at >= node.drains_since ? 'draining' : 'toDrain';
}
