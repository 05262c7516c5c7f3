import * as Type from 'typebox';
import { defineResource } from '../../model/descriptor.ts';
import { closedObject, oneOf, staticText } from '../schema.ts';
import { addProvided, checkProvider, providedParams, providedVariables } from './provided.ts';

/** Spec 13.9. */
export const mongoDbAtlasCluster = defineResource({
  type: 'mongo-db-atlas-cluster',
  title: 'MongoDB Atlas cluster',
  description: 'A MongoDB cluster that Atlas runs.',
  schema: closedObject(
    {
      clusterTier: staticText({
        title: 'Tier',
        description: 'Size of the cluster.',
        examples: ['M10'],
        pattern: '^[MR][0-9]{1,3}(?:_NVME)?$',
      }),
      version: Type.Optional(
        oneOf(['5.0', '6.0', '7.0'], { title: 'Version', description: 'Of MongoDB.', default: '7.0' }),
      ),
    },
    {
      'stp:later': [
        'region',
        'replication',
        'enableAutomatedBackups',
        'enableAutoscaling',
        'autoscaling',
        'diskSizeGB',
      ],
    },
  ),

  *check({ type }, { config }) {
    yield* checkProvider(type, config);
  },

  synth: addProvided,
  params: (resource, names) => providedParams(resource, names),
  connect: (resource, names) => ({ statements: [], variables: providedVariables(resource, names) }),
});
