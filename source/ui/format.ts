/** `0.4s`, `42s`, `1m04s`, `1h02m`; `coarse` leaves out tenths, which would flicker on a running timer. */
export function formatDuration(milliseconds: number, coarse = false): string {
  const span = Math.max(0, milliseconds);
  if (!coarse && span < 9_950) return `${(span / 1000).toFixed(1)}s`;
  const seconds = coarse ? Math.floor(span / 1000) : Math.round(span / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${String(seconds % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}

/** `312 B`, `4.1 kB`, `12 MB`: thousands, as file managers and browsers show them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes;
  for (const unit of ['kB', 'MB', 'GB']) {
    value /= 1000;
    if (value < 999.5 || unit === 'GB')
      return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
  }
  return `${bytes} B`;
}

/** `1,234`, the same on every machine. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Local time of day, `13:10:22`. */
export function formatClock(time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '--:--:--';
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `AWS::Lambda::Function` without the part that all share. */
export function shortType(resourceType: string): string {
  return resourceType.replace(/^AWS::/, '');
}
