import { Box } from 'ink';
import { useSyncExternalStore } from 'react';
import { Lines } from '../../components/lines.tsx';
import type { Size } from '../../shell/screen-model.ts';
import type { Theme } from '../../theme.ts';
import type { DeployModel } from './deploy-model.ts';
import { paintDeploy } from './deploy-panes.ts';

export type Props = { model: DeployModel; size: Size; theme: Theme };

/** The dashboard of one operation. */
export function DeployScreen({ model, size, theme }: Props) {
  const state = useSyncExternalStore(model.state.subscribe, model.state.getSnapshot);
  const view = useSyncExternalStore(model.view.subscribe, model.view.getSnapshot);
  const { header, columns, dialog } = paintDeploy(state, view, size, theme);
  return (
    <Box flexDirection="column">
      <Lines lines={header} />
      <Box columnGap={2}>
        {columns.map((column) => (
          <Box key={column.width} width={column.width} flexDirection="column">
            <Lines lines={column.lines} />
          </Box>
        ))}
      </Box>
      <Lines lines={dialog} />
    </Box>
  );
}
