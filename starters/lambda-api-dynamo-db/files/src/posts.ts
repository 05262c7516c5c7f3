import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';

export type Post = {
  id: string;
  title: string;
  content: string;
  authorEmail: string;
  /** ISO 8601. */
  createdAt: string;
};

export type NewPost = Pick<Post, 'title' | 'content' | 'authorEmail'>;

// Made once for each instance of a function, so that requests after the first reuse its connection.
const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export async function savePost(newPost: NewPost): Promise<Post> {
  const post: Post = { id: randomUUID(), ...newPost, createdAt: new Date().toISOString() };
  await client.send(new PutCommand({ TableName: tableName(), Item: post }));
  return post;
}

/** All posts, newest first. A scan reads the whole table: query an index when there are many. */
export async function getPosts(): Promise<Post[]> {
  const posts: Post[] = [];
  for await (const page of paginateScan({ client }, { TableName: tableName() })) {
    posts.push(...((page.Items ?? []) as Post[]));
  }
  return posts.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

/** A post from the body of a request, or what is wrong with it. */
export function parseNewPost(body: unknown): { post: NewPost } | { error: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { error: 'The body must be a JSON object.' };
  }
  const { title, content, authorEmail } = body as Record<string, unknown>;
  if (!isText(title)) return { error: 'title must be a text that is not empty.' };
  if (!isText(content)) return { error: 'content must be a text that is not empty.' };
  if (!isText(authorEmail) || !/^[^\s@]+@[^\s@]+$/.test(authorEmail)) {
    return { error: 'authorEmail must be an email address.' };
  }
  return { post: { title, content, authorEmail } };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/** Set by `connectTo` in stacktape.yml. */
function tableName(): string {
  const name = process.env.STP_MAIN_DYNAMO_DB_TABLE_NAME;
  if (!name) throw new Error('STP_MAIN_DYNAMO_DB_TABLE_NAME is not set');
  return name;
}
