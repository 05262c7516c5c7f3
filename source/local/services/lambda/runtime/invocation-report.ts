/** The lines that Lambda itself writes around an invocation, and the tail that `LogType: Tail` answers with. */

export type ReportFigures = {
  /** Milliseconds, as all durations here. */
  duration: number;
  initDuration: number | undefined;
  memorySize: number;
  /** Bytes. */
  maxMemoryUsed: number;
  status?: 'timeout' | 'error';
  errorType?: string;
};

/** Since August 2025 Lambda bills the initialization of managed runtimes as well. */
export function reportLine(requestId: string, figures: ReportFigures): string {
  const { duration, initDuration, memorySize, status, errorType } = figures;
  const used = Math.min(memorySize, Math.ceil(figures.maxMemoryUsed / 1024 / 1024));
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${duration.toFixed(2)} ms`,
    `Billed Duration: ${Math.max(1, Math.ceil(duration + (initDuration ?? 0)))} ms`,
    `Memory Size: ${memorySize} MB`,
    `Max Memory Used: ${used} MB`,
  ];
  if (initDuration !== undefined) fields.push(`Init Duration: ${initDuration.toFixed(2)} ms`);
  if (status) fields.push(`Status: ${status}`);
  if (errorType) fields.push(`Error Type: ${errorType}`);
  return `${fields.join('\t')}\t`;
}

/** `exit status 1`, `signal: killed`, as Go's `os/exec` words it. */
export function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `Runtime exited with error: signal: ${signalNames[signal] ?? signal.toLowerCase()}`;
  if (code === 0 || code === null) return 'Runtime exited without providing a reason';
  return `Runtime exited with error: exit status ${code}`;
}

const signalNames: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: 'killed',
  SIGABRT: 'aborted',
  SIGTERM: 'terminated',
  SIGSEGV: 'segmentation fault',
  SIGBUS: 'bus error',
  SIGILL: 'illegal instruction',
};

const tailBytes = 4096;

/** The last 4 KB of an invocation's lines, in base64. */
export function logTail(lines: readonly string[]): string {
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return text.subarray(Math.max(0, text.length - tailBytes)).toString('base64');
}
