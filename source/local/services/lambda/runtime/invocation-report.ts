/** The lines that Lambda itself writes around an invocation. */

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

/** The last 4 KB of an invocation's lines, which `LogType: Tail` answers with. */
export class LogTail {
  #lines: string[] = [];
  #length = 0;

  add(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
    // In characters, of which there are at most as many as bytes.
    for (let first = this.#lines[0]; first !== undefined; first = this.#lines[0]) {
      if (this.#length - first.length < tailBytes) break;
      this.#length -= first.length;
      this.#lines.shift();
    }
  }

  toBase64(): string {
    const text = Buffer.from(this.#lines.map((line) => `${line}\n`).join(''));
    return text.subarray(Math.max(0, text.length - tailBytes)).toString('base64');
  }
}

/** `nodejs:22`, and what really runs it. */
export function initStartLine(runtime: string, region: string): string {
  const [, family = '', version = ''] = /^([a-z]+)([\d.]*)/.exec(runtime) ?? [];
  const runner = family === 'nodejs' ? ` (Node.js ${process.versions.node})` : '';
  const name = version === '' ? family : `${family}:${version.replace(/\.$/, '')}`;
  return `INIT_START Runtime Version: ${name}${runner}\tRuntime Version ARN: arn:aws:lambda:${region}::runtime:local`;
}

/** @param duration Milliseconds. */
export function initReportLine(duration: number, status: string, errorType: string | undefined): string {
  const type = errorType ? `\tError Type: ${errorType}` : '';
  return `INIT_REPORT Init Duration: ${duration.toFixed(2)} ms\tPhase: init\tStatus: ${status}${type}`;
}
