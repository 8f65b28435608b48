import { StrategyFrame } from './StrategyFrame';
import { OptionsEditor } from './OptionsEditor';

/** What a strategy sets. */
export function StrategyPage() {
  return (
    <StrategyFrame now="options">
      {/* Another version begins with what is stored there. */}
      {(strategy) => <OptionsEditor key={strategy.guid} strategy={strategy} />}
    </StrategyFrame>
  );
}
