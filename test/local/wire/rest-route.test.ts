import { expect, test } from 'vitest';
import { parsePairs, type WireRequest } from '../../../source/local/wire/http-message.ts';
import { findRoute } from '../../../source/local/wire/rest-route.ts';
import { loadModel } from '../../../source/local/wire/service-model.ts';

function request(line: string, headers: Record<string, string> = {}): WireRequest {
  const [method = '', target = ''] = line.split(' ');
  const [path = '', query = ''] = target.split('?');
  return { method, path, query: parsePairs(query), headers: { host: '127.0.0.1:4510', ...headers } };
}

const s3: [string, string, Record<string, string>?][] = [
  ['GET /', 'ListBuckets'],
  ['PUT /b', 'CreateBucket'],
  ['PUT /b/', 'CreateBucket'],
  ['HEAD /b', 'HeadBucket'],
  ['GET /b', 'ListObjects'],
  ['GET /b?list-type=2&prefix=x', 'ListObjectsV2'],
  ['GET /b?location', 'GetBucketLocation'],
  ['GET /b?versioning', 'GetBucketVersioning'],
  ['GET /b?versions', 'ListObjectVersions'],
  ['GET /b?uploads', 'ListMultipartUploads'],
  ['GET /b?analytics', 'ListBucketAnalyticsConfigurations'],
  ['GET /b?analytics&id=1', 'GetBucketAnalyticsConfiguration'],
  ['PUT /b?policy', 'PutBucketPolicy'],
  ['POST /b?delete', 'DeleteObjects'],
  ['GET /b/k', 'GetObject'],
  ['GET /b/k?x-id=GetObject', 'GetObject'],
  ['GET /b/k?acl', 'GetObjectAcl'],
  ['GET /b/k?tagging', 'GetObjectTagging'],
  ['GET /b/k?uploadId=1', 'ListParts'],
  ['PUT /b/k', 'PutObject'],
  ['PUT /b/k', 'CopyObject', { 'x-amz-copy-source': 'b/other' }],
  ['PUT /b/k?partNumber=1&uploadId=2', 'UploadPart'],
  ['PUT /b/k?partNumber=1&uploadId=2', 'UploadPartCopy', { 'x-amz-copy-source': 'b/other' }],
  ['POST /b/k?uploads', 'CreateMultipartUpload'],
  ['POST /b/k?uploadId=2', 'CompleteMultipartUpload'],
  ['DELETE /b/k', 'DeleteObject'],
  ['DELETE /b/k?uploadId=2', 'AbortMultipartUpload'],
];

test.for(s3)('S3: %s is %s', async ([line, operation, headers]) => {
  const wire = request(line, headers);
  expect(findRoute(wire, await loadModel('s3'))?.operation.name).toBe(operation);
});

test('S3: a key keeps every slash and sign', async () => {
  const wire = request('GET /b//a%2Fb/%20c/../d/');
  expect(findRoute(wire, await loadModel('s3'))?.labels).toEqual({ Bucket: 'b', Key: '/a/b/ c/../d/' });
});

test('S3: the bucket may stand in the host name', async () => {
  for (const host of ['b.localhost:4510', 'b.s3.localhost:4510', 'B.localhost']) {
    const wire = request('GET /folder/k', { host });
    expect(findRoute(wire, await loadModel('s3'))?.labels).toEqual({ Bucket: 'b', Key: 'folder/k' });
  }
  const plain = request('GET /b/k', { host: 'localhost:4510' });
  expect(findRoute(plain, await loadModel('s3'))?.labels).toEqual({ Bucket: 'b', Key: 'k' });
  // A key in a bucket of the host may begin with the bucket's own name.
  const same = request('GET /b/k', { host: 'b.localhost:4510' });
  expect(findRoute(same, await loadModel('s3'))?.labels).toEqual({ Bucket: 'b', Key: 'b/k' });
});

const lambda: [string, string, Record<string, string>][] = [
  ['GET /2015-03-31/functions', 'ListFunctions', {}],
  ['GET /2015-03-31/functions/', 'ListFunctions', {}],
  ['POST /2015-03-31/functions', 'CreateFunction', {}],
  ['GET /2015-03-31/functions/f', 'GetFunction', { FunctionName: 'f' }],
  ['GET /2015-03-31/functions/f/configuration', 'GetFunctionConfiguration', { FunctionName: 'f' }],
  [
    'POST /2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A0%3Afunction%3Af/invocations',
    'Invoke',
    { FunctionName: 'arn:aws:lambda:us-east-1:0:function:f' },
  ],
  ['DELETE /2017-03-31/tags/arn%3Ax', 'UntagResource', { Resource: 'arn:x' }],
  ['GET /2018-10-31/layers?find=LayerVersion&Arn=x', 'GetLayerVersionByArn', {}],
  ['GET /2018-10-31/layers', 'ListLayers', {}],
];

test.for(lambda)('Lambda: %s is %s', async ([line, operation, labels]) => {
  const route = findRoute(request(line), await loadModel('lambda'));
  expect(route?.operation.name).toBe(operation);
  expect(route?.labels).toEqual(labels);
});

test('what no template fits is nothing', async () => {
  const model = await loadModel('lambda');
  for (const line of [
    'GET /',
    'GET /2015-03-31',
    'PATCH /2015-03-31/functions',
    'GET /2015-03-31/functions/f/x/y',
  ]) {
    expect(findRoute(request(line), model)).toBeUndefined();
  }
});
