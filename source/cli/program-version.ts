declare const STP_VERSION: string | undefined;
declare const STP_BUILD: string | undefined;

/** The version in package.json, written in by the build. */
export const programVersion = typeof STP_VERSION === 'string' ? STP_VERSION : '0.0.0-source';

/** Version and build, for the handshake with the embedded AWS: it is started anew when either differs. */
export const programBuild = `${programVersion}+${typeof STP_BUILD === 'string' ? STP_BUILD : 'source'}`;
