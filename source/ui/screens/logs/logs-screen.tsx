import { useSyncExternalStore } from 'react';
import { Lines } from '../../components/lines.tsx';
import type { Size } from '../../shell/screen-model.ts';
import type { Theme } from '../../theme.ts';
import type { LogsModel } from './logs-model.ts';
import { paintLogs } from './logs-picture.ts';

export type Props = { model: LogsModel; size: Size; theme: Theme };

/** The log viewer. */
export function LogsScreen({ model, size, theme }: Props) {
  const snapshot = useSyncExternalStore(model.store.subscribe, model.store.getSnapshot);
  const view = useSyncExternalStore(model.view.subscribe, model.view.getSnapshot);
  return <Lines lines={paintLogs(model.store, snapshot, view, size, theme)} />;
}
