import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An app of `count` functions, each with an HTTP route and a grant on one table; with `queues` each consumes one. */
export async function makeApp(
  folder: string,
  count: number,
  { queues = false } = {},
): Promise<{ entries: string[] }> {
  await mkdir(join(folder, 'src'), { recursive: true });
  let yaml = `serviceName: bench-${count}
resources:
  api:
    type: http-api-gateway
  table:
    type: dynamo-db-table
    properties:
      primaryKey:
        partitionKey:
          name: id
          type: string
`;
  const entries: string[] = [];
  await writeFile(
    join(folder, 'src/shared.ts'),
    `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
export const client = new DynamoDBClient({});
export const answer = (data: unknown) => ({ statusCode: 200, body: JSON.stringify({ message: 'success', data }) });
`,
  );
  for (let index = 0; index < count; index++) {
    const entry = `src/handler-${index}.ts`;
    entries.push(entry);
    await writeFile(
      join(folder, entry),
      `import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { answer, client } from './shared';
export default async (event: { rawPath: string }) => {
  console.log('handler ${index}', event.rawPath);
  const { Items } = await client.send(new ScanCommand({ TableName: process.env.STP_TABLE_NAME }));
  return answer(Items ?? []);
};
`,
    );
    yaml += `  handler${index}:
    type: function
    properties:
      packaging:
        type: stacktape-lambda-buildpack
        properties:
          entryfilePath: ${entry}
      memory: 512
      connectTo:
        - table
      events:
        - type: http-api-gateway
          properties:
            httpApiGatewayName: api
            path: /items-${index}
            method: GET
`;
    if (queues) {
      yaml += `        - type: sqs
          properties:
            sqsQueueName: queue${index}
  queue${index}:
    type: sqs-queue
`;
    }
  }
  await writeFile(join(folder, 'stacktape.yml'), yaml);
  await writeFile(
    join(folder, 'esbuild-floor.mjs'),
    `import { build } from ${JSON.stringify(import.meta.resolve('esbuild'))};
await build({ entryPoints: ${JSON.stringify(entries)}, bundle: true, minify: true, platform: 'node', target: 'node24',
  sourcemap: 'linked', outdir: 'floor-out', external: ['@aws-sdk/*'], logLevel: 'error' });
`,
  );
  return { entries };
}
