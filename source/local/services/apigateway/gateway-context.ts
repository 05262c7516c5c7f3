import type { Backend } from '../../backend.ts';
import type { ApiStore } from './api-store.ts';

/** What the operations of API Gateway share. */
export type GatewayContext = {
  backend: Backend;
  store: ApiStore;
  /** Starts to serve an API; resolves to its endpoint, `http://127.0.0.1:4511`. */
  open(apiId: string): Promise<string>;
  close(apiId: string): Promise<void>;
};
