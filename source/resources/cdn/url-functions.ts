import { getAtt, sub, type Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';

export type UrlRewrite = 'clean-urls' | 'single-page-app';

/**
 * Code that CloudFront runs for each request to a bucket, which has objects and no folders. It cannot look whether an
 * object is there: a path with a slash at its end is a folder, one without is a page, as generators of sites link
 * them.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
function codeOf(rewrite: UrlRewrite, index: string): string {
  const folderIndex = index.slice(index.lastIndexOf('/') + 1);
  const rules =
    rewrite === 'single-page-app'
      ? `  if (!name.includes('.')) request.uri = ${JSON.stringify(index)};`
      : `  if (request.uri === '/') request.uri = ${JSON.stringify(index)};
  else if (name === '') request.uri += ${JSON.stringify(folderIndex)};
  else if (!name.includes('.')) request.uri += '.html';`;
  return `function handler(event) {
  const request = event.request;
  const name = request.uri.slice(request.uri.lastIndexOf('/') + 1);
${rules}
  return request;
}
`;
}

const comments: Readonly<Record<UrlRewrite, string>> = {
  'clean-urls': 'Finds pages by paths without .html',
  'single-page-app': 'Leaves paths without an extension to the page',
};

/** Adds the function once for each CDN, and returns what attaches it to a route. `index` begins with a slash. */
export function urlFunction(stack: StackBuilder, owner: string, rewrite: UrlRewrite, index: string): Value {
  const { names } = stack;
  const id = names.logicalId(owner, 'AWS::CloudFront::Function', { specifier: rewrite });
  stack.addOnce(owner, id, () => ({
    Type: 'AWS::CloudFront::Function',
    Properties: {
      Name: globalName(stack, `${owner}-${rewrite}`),
      AutoPublish: true,
      FunctionCode: codeOf(rewrite, index),
      FunctionConfig: { Comment: comments[rewrite], Runtime: 'cloudfront-js-2.0' },
    },
  }));
  return { EventType: 'viewer-request', FunctionARN: getAtt(id, 'FunctionARN') };
}

/**
 * CloudFront belongs to no Region: names of an account have the Region in them, so that a stack can be in two. It takes
 * 64 characters, of which the Region and a hyphen take 16 at most.
 */
export const globalName = (stack: StackBuilder, name: string): Value =>
  sub(`${stack.names.physicalName(name, 64 - 16)}-\${AWS::Region}`);
