import { startServer } from '../../../source/local/server.ts';

/** An embedded AWS in a process of its own, for tests that kill it: `server-process.ts <directory> <pace> <port>`. */
const [directory = '', pace = '0', port = '0'] = process.argv.slice(2);
const server = await startServer({
  directory,
  port: Number(port),
  pace: Number(pace),
  services: ['dynamodb', 'cloudformation'],
});
const { endpoint, region, accessKeyId, secretAccessKey } = server;
process.stdout.write(`${JSON.stringify({ endpoint, region, accessKeyId, secretAccessKey })}\n`);
