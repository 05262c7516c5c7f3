import type { Config } from './config.ts';

/** Works out once for each config what every resource of it asks for, so that checks and synthesis stay linear. */
export function perConfig<T>(make: (config: Config) => T): (config: Config) => T {
  const made = new WeakMap<Config, T>();
  return (config) => {
    let value = made.get(config);
    if (value === undefined) {
      value = make(config);
      made.set(config, value);
    }
    return value;
  };
}
