declare const STP_VERSION: string | undefined;

/** The version in package.json, written in by the build. */
export const programVersion = typeof STP_VERSION === 'string' ? STP_VERSION : '0.0.0-source';
