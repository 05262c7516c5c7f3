import type {
  CreateDeploymentCommandInput,
  CreateDeploymentCommandOutput,
  CreateStageCommandInput,
  CreateStageCommandOutput,
  DeleteAccessLogSettingsCommandInput,
  DeleteAccessLogSettingsCommandOutput,
  DeleteDeploymentCommandInput,
  DeleteDeploymentCommandOutput,
  DeleteStageCommandInput,
  DeleteStageCommandOutput,
  GetDeploymentCommandInput,
  GetDeploymentCommandOutput,
  GetDeploymentsCommandInput,
  GetDeploymentsCommandOutput,
  GetStageCommandInput,
  GetStageCommandOutput,
  GetStagesCommandInput,
  GetStagesCommandOutput,
  UpdateStageCommandInput,
  UpdateStageCommandOutput,
} from '@aws-sdk/client-apigatewayv2';
import type { Operation } from '../../../backend.ts';
import { type Kinds, newId } from '../api-store.ts';
import { badRequest, conflict } from '../errors.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { defined, pageOf, withDates } from '../shape.ts';

type Stage = Kinds['stage'];
type Deployment = Kinds['deployment'];

export function stageOperations({ backend, store }: GatewayContext) {
  const checkDeployment = (apiId: string, stage: Stage): void => {
    if (stage.DeploymentId === undefined) return;
    if (stage.AutoDeploy) throw badRequest('Deployment ID cannot be set on a stage with autodeploy enabled.');
    store.get('deployment', apiId, stage.DeploymentId);
  };

  const createStage: Operation<CreateStageCommandInput, CreateStageCommandOutput> = (input) => {
    const { ApiId: apiId = '', ...settings } = input;
    const name = input.StageName ?? '';
    store.get('api', apiId, apiId);
    if (!/^(\$default|[A-Za-z0-9_-]{1,128})$/.test(name))
      throw badRequest(
        'Stage name only allows alphanumeric characters, hyphens, and underscores, or $default',
      );
    if (store.find('stage', apiId, name)) throw conflict(`Stage already exists`);
    const stage: Stage = {
      AutoDeploy: false,
      DefaultRouteSettings: { DetailedMetricsEnabled: false },
      RouteSettings: {},
      StageVariables: {},
      Tags: {},
      ...defined(settings),
      StageName: name,
      createdAt: backend.now(),
      updatedAt: backend.now(),
    };
    checkDeployment(apiId, stage);
    store.put('stage', apiId, name, stage);
    return withDates(stage);
  };

  const getStage: Operation<GetStageCommandInput, GetStageCommandOutput> = (input) =>
    withDates(store.get('stage', input.ApiId ?? '', input.StageName ?? ''));

  const getStages: Operation<GetStagesCommandInput, GetStagesCommandOutput> = (input) => {
    const { ApiId: apiId = '' } = input;
    store.get('api', apiId, apiId);
    const { items, next } = pageOf(store.list('stage', apiId), input);
    return { Items: items.map(withDates), ...next };
  };

  const updateStage: Operation<UpdateStageCommandInput, UpdateStageCommandOutput> = (input) => {
    const { ApiId: apiId = '', StageName = '', ...settings } = input;
    const before = store.get('stage', apiId, StageName);
    const stage: Stage = { ...before, ...defined(settings), StageName, updatedAt: backend.now() };
    checkDeployment(apiId, stage);
    store.put('stage', apiId, StageName, stage);
    return withDates(stage);
  };

  const deleteStage: Operation<DeleteStageCommandInput, DeleteStageCommandOutput> = (input) => {
    const { ApiId: apiId = '', StageName = '' } = input;
    store.get('stage', apiId, StageName);
    store.remove('stage', apiId, StageName);
    return {};
  };

  const deleteAccessLogSettings: Operation<
    DeleteAccessLogSettingsCommandInput,
    DeleteAccessLogSettingsCommandOutput
  > = (input) => {
    const { ApiId: apiId = '', StageName = '' } = input;
    const { AccessLogSettings: _, ...stage } = store.get('stage', apiId, StageName);
    store.put('stage', apiId, StageName, stage);
    return {};
  };

  /** Without autodeploy a stage serves what a deployment froze. */
  const createDeployment: Operation<CreateDeploymentCommandInput, CreateDeploymentCommandOutput> = (
    input,
  ) => {
    const { ApiId: apiId = '', StageName, Description } = input;
    store.get('api', apiId, apiId);
    const stage = StageName === undefined ? undefined : store.get('stage', apiId, StageName);
    const routes = store.list('route', apiId);
    if (routes.length === 0) throw badRequest('At least one route is required before deploying the Api.');
    const DeploymentId = newId(7);
    const deployment: Deployment = {
      AutoDeployed: false,
      DeploymentId,
      DeploymentStatus: 'DEPLOYED',
      ...(Description === undefined ? {} : { Description }),
      createdAt: backend.now(),
      snapshot: { routes, integrations: store.list('integration', apiId) },
    };
    store.put('deployment', apiId, DeploymentId, deployment);
    if (stage && StageName !== undefined)
      store.put('stage', apiId, StageName, { ...stage, DeploymentId, updatedAt: backend.now() });
    return shownDeployment(deployment);
  };

  const getDeployment: Operation<GetDeploymentCommandInput, GetDeploymentCommandOutput> = (input) =>
    shownDeployment(store.get('deployment', input.ApiId ?? '', input.DeploymentId ?? ''));

  const getDeployments: Operation<GetDeploymentsCommandInput, GetDeploymentsCommandOutput> = (input) => {
    const { ApiId: apiId = '' } = input;
    store.get('api', apiId, apiId);
    const { items, next } = pageOf(store.list('deployment', apiId), input);
    return { Items: items.map(shownDeployment), ...next };
  };

  const deleteDeployment: Operation<DeleteDeploymentCommandInput, DeleteDeploymentCommandOutput> = (
    input,
  ) => {
    const { ApiId: apiId = '', DeploymentId = '' } = input;
    store.get('deployment', apiId, DeploymentId);
    if (store.list('stage', apiId).some((stage) => stage.DeploymentId === DeploymentId))
      throw badRequest('Active stages pointing to this deployment must be moved or deleted');
    store.remove('deployment', apiId, DeploymentId);
    return {};
  };

  return {
    CreateStage: createStage,
    GetStage: getStage,
    GetStages: getStages,
    UpdateStage: updateStage,
    DeleteStage: deleteStage,
    DeleteAccessLogSettings: deleteAccessLogSettings,
    CreateDeployment: createDeployment,
    GetDeployment: getDeployment,
    GetDeployments: getDeployments,
    DeleteDeployment: deleteDeployment,
  };
}

function shownDeployment({ snapshot: _, ...deployment }: Deployment) {
  return withDates(deployment);
}
