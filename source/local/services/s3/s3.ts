import type { Backend, Service } from '../../backend.ts';
import { createBodies } from './bodies.ts';
import { configurationOperations } from './bucket-configurations.ts';
import { bucketOperations } from './buckets.ts';
import { listingOperations } from './listing.ts';
import { multipartOperations } from './multipart.ts';
import { objectTagOperations } from './object-tags.ts';
import { objectOperations } from './objects.ts';
import { createS3Store } from './s3-store.ts';

/** S3: bodies are files under `objects/`, everything else is in the database. */
export function createS3(backend: Backend): Service {
  const store = createS3Store(backend.database);
  const bodies = createBodies(backend.directory);
  return {
    operations: {
      ...bucketOperations(backend, store, bodies),
      ...configurationOperations(store),
      ...objectOperations(backend, store, bodies),
      ...objectTagOperations(store),
      ...listingOperations(store),
      ...multipartOperations(backend, store, bodies),
    },
    start: () => bodies.sweep(store.files()),
  };
}
