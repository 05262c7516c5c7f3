import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { startServer } from '../../../source/local/server.ts';
import { makeZip } from './make-zip.ts';

// A server in a process of its own, for a test that kills it. The function writes its process id and spins.
const [, , directory = '', port = ''] = process.argv;
const server = await startServer({ directory, port: Number(port), services: ['sts', 'lambda'] });
const lambda = new LambdaClient({
  endpoint: server.endpoint,
  region: server.region,
  credentials: server,
});
const code = `
  require('node:fs').writeFileSync(${JSON.stringify(`${directory}/pid`)}, String(process.pid));
  exports.handler = async () => { for (;;); }`;
await lambda.send(
  new CreateFunctionCommand({
    FunctionName: 'spins',
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Role: 'arn:aws:iam::000000000000:role/role',
    Timeout: 900,
    Code: { ZipFile: await makeZip({ 'index.js': code }) },
  }),
);
await lambda.send(new InvokeCommand({ FunctionName: 'spins' }));
