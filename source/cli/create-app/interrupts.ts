const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * From now on a signal does not end the process at once: it aborts `signal`, so that what was begun can be undone.
 * `dispose` gives the signals back.
 */
export function holdInterrupts(): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  for (const name of signals) process.on(name, interrupt);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of signals) process.off(name, interrupt);
    },
  };
}
