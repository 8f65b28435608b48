import { useQueryClient } from '@tanstack/react-query';
import { nodesQuery, stateOf } from '../../entities/nodes';
import { browserQuery } from './browserTest';
import type { Health } from './HealthPage';

/** What the page shows as plain lines, in English whatever the language: they go into reports. */
export function useHealthText() {
  const client = useQueryClient();
  return (health: Health) => {
    const nodes = client.getQueryData(nodesQuery.queryKey) ?? [];
    const trials = client.getQueryData(browserQuery.queryKey) ?? [];
    return [
      `Hawser ${health.version} on ${health.runtime}, ${health.database}, ${health.time}`,
      ...health.parts.map(({ part, state }) => `${part}: ${state}`),
      ...health.checks.map(({ part, state, reason, detail }) => `${part}: ${state} (${`${reason} ${detail}`.trim()})`),
      ...health.queues.map(({ name, waiting, failed }) => `${name}: ${waiting} waiting, ${failed} failed in a day`),
      ...health.troubles.map(({ at, level, category, event, message }) => `${at} ${level} ${category}[${String(event)}] ${message}`),
      ...nodes.map(
        (n) => `node ${n.name}: ${stateOf(n)}, ${n.version}, since ${n.started_at}, ${n.cpu_percent} %, ${n.memory} bytes, ${n.devices} devices`,
      ),
      ...trials.map(({ name, works, detail }) => `browser ${name}: ${works ? 'works' : 'does not work'} ${detail}`.trim()),
      navigator.userAgent,
    ].join('\n');
  };
}
