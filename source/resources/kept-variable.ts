import type { ConfigPath, Finding } from '../model/diagnostic.ts';

/** The user's own variable wins over one that a connection brings (spec, trap 17). */
export const keptVariable = (owner: string, variable: string, path: ConfigPath): Finding => ({
  severity: 'warning',
  code: 'variable-kept',
  path,
  at: 'key',
  message: `${owner}: its own variable ${variable} is kept; the connected resource's value is not used.`,
  suggestion: `Remove ${variable} from "environment" to have the connected resource's value.`,
});
