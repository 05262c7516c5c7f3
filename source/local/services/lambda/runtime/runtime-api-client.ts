import { connect, type Socket } from 'node:net';

export type ApiResponse = { status: number; headers: Record<string, string>; body: Buffer };

export type RuntimeApiClient = {
  /** Requests are answered in their order, on one connection. Rejects when it is lost. */
  send(method: string, path: string, headers?: Record<string, string>, body?: Buffer): Promise<ApiResponse>;
  /** Whether waiting for an answer keeps the process alive. */
  hold(alive: boolean): void;
};

/**
 * The Lambda Runtime API over one kept connection. `node:http` would cost 30 ms of every cold start,
 * and the other side always sends a Content-Length, so that the protocol is a few lines.
 * @param onLost Called when the other side is gone: the environment is over.
 */
export function openRuntimeApi(address: string, onLost: () => void): Promise<RuntimeApiClient> {
  const [host = '127.0.0.1', port = '80'] = address.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(talk(socket, address, onLost));
    });
  });
}

function talk(socket: Socket, address: string, onLost: () => void): RuntimeApiClient {
  const received: Buffer[] = [];
  const waiting: { resolve(response: ApiResponse): void; reject(error: Error): void }[] = [];

  const lost = (): void => {
    for (const { reject } of waiting.splice(0))
      reject(new Error('the connection to the Lambda Runtime API was lost'));
    onLost();
  };
  socket.on('error', lost);
  socket.on('close', lost);
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk);
    for (let response = takeResponse(received); response; response = takeResponse(received))
      waiting.shift()?.resolve(response);
  });

  return {
    send(method, path, headers = {}, body) {
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        let head = `${method} ${path} HTTP/1.1\r\nHost: ${address}\r\n`;
        for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
        if (body) head += `Content-Length: ${body.length}\r\n`;
        socket.cork();
        socket.write(`${head}\r\n`);
        if (body) socket.write(body);
        socket.uncork();
      });
    },
    hold(alive) {
      if (alive) socket.ref();
      else socket.unref();
    },
  };
}

/** Takes the first response out of `received`, once all of it has arrived. */
function takeResponse(received: Buffer[]): ApiResponse | undefined {
  const text = received.length === 1 ? received[0] : Buffer.concat(received);
  if (text === undefined || text.length === 0) return undefined;
  received.splice(0, received.length, text);
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [statusLine = '', ...lines] = text.toString('latin1', 0, end).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const length = Number(headers['content-length'] ?? 0);
  if (text.length < end + 4 + length) return undefined;
  const bodyEnd = end + 4 + length;
  received.splice(0, 1, text.subarray(bodyEnd));
  return { status: Number(statusLine.split(' ')[1]), headers, body: text.subarray(end + 4, bodyEnd) };
}
