import type { HttpResponse } from '../http';
import { failure, success } from '../http';
import { log } from '../log';
import { getPosts } from '../posts';

export default async (): Promise<HttpResponse> => {
  try {
    const posts = await getPosts();
    log('info', 'posts read', { count: posts.length });
    return success(200, posts);
  } catch (error) {
    log('error', 'posts not read', { error: String(error) });
    return failure(500, 'The posts could not be read.');
  }
};
