import { ServiceError } from '../../backend.ts';

export const notFound = (what: string, id?: string): ServiceError =>
  new ServiceError('NotFoundException', `Invalid ${what} identifier specified${id ? ` ${id}` : ''}`, 404, {
    ResourceType: what,
  });

export const conflict = (message: string): ServiceError =>
  new ServiceError('ConflictException', message, 409);

export const badRequest = (message: string): ServiceError =>
  new ServiceError('BadRequestException', message, 400);
