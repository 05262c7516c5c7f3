import { NormalizedSchema } from '@smithy/core/schema';
import type { ServiceId } from '../backend.ts';

export type ProtocolName = 'awsQuery' | 'awsJson' | 'restJson' | 'restXml';

/** The `http` trait of an operation. */
export type HttpBinding = { method: string; uri: string; status: number };

export type OperationModel = {
  name: string;
  input: NormalizedSchema;
  output: NormalizedSchema;
  http: HttpBinding | undefined;
};

export type ErrorModel = {
  schema: NormalizedSchema;
  /** What stands on the wire; awsQuery services have codes that differ from the shapes' names. */
  code: string;
  status: number;
  fault: 'client' | 'server';
};

/** What the wire knows of a service, taken from the schemas that the SDK's client exports. */
export type ServiceModel = {
  id: ServiceId;
  protocol: ProtocolName;
  /** `1.0` or `1.1` where the protocol is awsJson. */
  jsonVersion: string;
  xmlNamespace: string;
  /** Code of the error for an input that breaks the schema's rules. */
  invalidInput: string;
  operations: ReadonlyMap<string, OperationModel>;
  /** By the shape's name and by the code on the wire. */
  errors: ReadonlyMap<string, ErrorModel>;
};

type Source = {
  load: () => Promise<object>;
  protocol: ProtocolName;
  jsonVersion?: string;
  xmlNamespace?: string;
  invalidInput: string;
};

/** Protocol settings as they stand in each client's `runtimeConfig.shared`. */
const sources: Record<ServiceId, Source> = {
  cloudformation: {
    load: () => import('@aws-sdk/client-cloudformation'),
    protocol: 'awsQuery',
    xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    invalidInput: 'ValidationError',
  },
  s3: {
    load: () => import('@aws-sdk/client-s3'),
    protocol: 'restXml',
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    invalidInput: 'InvalidRequest',
  },
  iam: {
    load: () => import('@aws-sdk/client-iam'),
    protocol: 'awsQuery',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    invalidInput: 'ValidationError',
  },
  sts: {
    load: () => import('@aws-sdk/client-sts'),
    protocol: 'awsQuery',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    invalidInput: 'ValidationError',
  },
  lambda: {
    load: () => import('@aws-sdk/client-lambda'),
    protocol: 'restJson',
    invalidInput: 'InvalidParameterValueException',
  },
  logs: {
    load: () => import('@aws-sdk/client-cloudwatch-logs'),
    protocol: 'awsJson',
    jsonVersion: '1.1',
    invalidInput: 'InvalidParameterException',
  },
  apigateway: {
    load: () => import('@aws-sdk/client-apigatewayv2'),
    protocol: 'restJson',
    invalidInput: 'BadRequestException',
  },
  dynamodb: {
    load: () => import('@aws-sdk/client-dynamodb'),
    protocol: 'awsJson',
    jsonVersion: '1.0',
    invalidInput: 'ValidationException',
  },
};

const models = new Map<ServiceId, Promise<ServiceModel>>();

export const isServiceId = (name: string): name is ServiceId => Object.hasOwn(sources, name);

/** Loads a client's schemas at the first call of its service: they take 10 to 70 ms each. */
export function loadModel(id: ServiceId): Promise<ServiceModel> {
  const known = models.get(id);
  if (known !== undefined) return known;
  const source = sources[id];
  const model = source.load().then((module) => buildModel(id, source, module));
  models.set(id, model);
  return model;
}

/**
 * Static schemas are arrays: `[9, namespace, name, traits, input, output]` is an operation,
 * `[-3, namespace, name, traits, …]` an error.
 */
function buildModel(id: ServiceId, source: Source, module: object): ServiceModel {
  const operations = new Map<string, OperationModel>();
  const errors = new Map<string, ErrorModel>();
  for (const schema of Object.values(module)) {
    if (!Array.isArray(schema) || typeof schema[2] !== 'string') continue;
    const name = schema[2];
    if (schema[0] === 9) {
      const http = (schema[3] as { http?: [string, string, number] } | 0)
        ? (schema[3] as { http?: [string, string, number] }).http
        : undefined;
      operations.set(name, {
        name,
        input: NormalizedSchema.of(schema[4]),
        output: NormalizedSchema.of(schema[5]),
        http: http && { method: http[0], uri: http[1], status: http[2] },
      });
    } else if (schema[0] === -3) {
      const normalized = NormalizedSchema.of(schema as never);
      const traits = normalized.getMergedTraits();
      const [code, status] = (traits.awsQueryError as [string, number] | undefined) ?? [name, undefined];
      const fault = traits.error === 'server' ? 'server' : 'client';
      const model: ErrorModel = {
        schema: normalized,
        code,
        status: status ?? (traits.httpError as number | undefined) ?? (fault === 'server' ? 500 : 400),
        fault,
      };
      errors.set(name, model);
      if (!errors.has(code)) errors.set(code, model);
    }
  }
  return {
    id,
    protocol: source.protocol,
    jsonVersion: source.jsonVersion ?? '1.1',
    xmlNamespace: source.xmlNamespace ?? '',
    invalidInput: source.invalidInput,
    operations,
    errors,
  };
}
