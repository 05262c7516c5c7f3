import type { Value } from './intrinsic.ts';

/** What runs on the computer of who deploys (spec 1.2), whichever dialect it is written in. */
export type Script = {
  type: 'local-script' | 'bastion-script' | 'local-script-with-bastion-tunneling';
  /** For the shell, in this order; empty where files run. */
  commands: string[];
  /** Paths relative to the config. */
  files: string[];
  cwd?: string;
  pipeStdio?: boolean;
  connectTo?: string[];
  environment?: { name: string; value: Value }[];
  assumeRoleOfResource?: string;
};

/** A command or a file of its own, or one of the scripts. */
export type Hook = ({ executeCommand: string } | { executeScript: string } | { scriptName: string }) & {
  skipOnLocal?: boolean;
  skipOnCI?: boolean;
};

export type HookPoint =
  | 'beforeDeploy'
  | 'afterDeploy'
  | 'beforeDelete'
  | 'afterDelete'
  | 'beforeBucketSync'
  | 'afterBucketSync'
  | 'beforeDev'
  | 'afterDev';

export type AtlasAccessibilityMode = 'internet' | 'vpc' | 'scoping-workloads-in-vpc' | 'whitelisted-ips-only';

/** Parts of the config that the template knows nothing of; the commands act on them. */
export type ProjectSections = {
  deploymentConfig?: {
    terminationProtection?: boolean;
    cloudformationRoleArn?: Value;
    triggerRollbackOnAlarms?: Value[];
    monitoringTimeAfterDeploymentInMinutes?: number;
    disableAutoRollback?: boolean;
    publishEventsToArn?: Value[];
    previousVersionsToKeep?: number;
    disableS3TransferAcceleration?: boolean;
  };
  budgetControl?: {
    /** Dollars a month. */
    limit: number;
    notifications?: {
      budgetType?: 'ACTUAL' | 'FORECASTED';
      thresholdPercentage?: number;
      emails: string[];
    }[];
  };
  /** Texts may be dynamic references to secrets, which who calls a provider has to resolve. */
  providerConfig?: {
    upstash?: { accountEmail: Value; apiKey: Value };
    mongoDbAtlas?: {
      publicKey: Value;
      privateKey: Value;
      organizationId: Value;
      accessibility?: { accessibilityMode: AtlasAccessibilityMode; whitelistedIps?: string[] };
    };
  };
  /** Folder for a file about the stack, relative to the config; absent where none is wanted. */
  stackInfoDirectory?: string;
  hooks?: Partial<Record<HookPoint, Hook[]>>;
  scripts?: Record<string, Script>;
};
