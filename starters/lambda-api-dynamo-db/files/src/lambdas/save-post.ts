import type { HttpEvent, HttpResponse } from '../http';
import { failure, readJson, success } from '../http';
import { log } from '../log';
import { parseNewPost, savePost } from '../posts';

export default async (event: HttpEvent): Promise<HttpResponse> => {
  const parsed = parseNewPost(readJson(event));
  if ('error' in parsed) {
    log('warn', 'post refused', { error: parsed.error });
    return failure(400, parsed.error);
  }
  try {
    const post = await savePost(parsed.post);
    log('info', 'post saved', { id: post.id });
    return success(201, post);
  } catch (error) {
    log('error', 'post not saved', { error: String(error) });
    return failure(500, 'The post could not be saved.');
  }
};
