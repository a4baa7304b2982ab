/** How errors become answers: one sentence in JSON. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { UserError } from '../../errors.ts';
import { ApiError } from './api-error.ts';
import type { Failure } from './contract/entries.ts';
import { STANDARD_HEADERS } from './security/headers.ts';

/** What Fastify says of requests that it does not take, in our words. */
const SENTENCES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'Expected at most 1 MiB of content, found more.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'Expected JSON, found what is none.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Expected content of the type application/json.',
  FST_ERR_BAD_URL: 'The address is not percent-encoded as it should be.',
};

/** @param onBug told of errors that are nobody's mistake. */
export function answerErrors(onBug: (error: unknown) => void) {
  return (error: FastifyError | ApiError | UserError, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, sentence } = explain(error, request);
    if (status >= 500 && !(error instanceof ApiError)) onBug(error);
    const failure: Failure = { error: sentence };
    // Headers of a file that could not be sent must not stay.
    reply.headers(STANDARD_HEADERS).code(status).type('application/json; charset=utf-8');
    reply.serializer((body) => JSON.stringify(body)).send(failure);
  };
}

function explain(
  error: FastifyError | ApiError | UserError,
  { method }: FastifyRequest,
): { readonly status: number; readonly sentence: string } {
  if (error instanceof ApiError) return { status: error.statusCode, sentence: error.message };
  if (error instanceof UserError) return { status: 400, sentence: error.message };
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation;
    const key = first?.instancePath.replace(/^\//, '').replaceAll('/', '.') || 'the request';
    return { status: 400, sentence: `'${key}': ${first?.message ?? 'not valid'}.` };
  }
  const { code, statusCode = 500 } = error as FastifyError;
  if (statusCode >= 500)
    return {
      status: 500,
      sentence: 'This is a bug, or the fault of the machine; the server has printed what it knows.',
    };
  return { status: statusCode, sentence: SENTENCES[code] ?? `${method} failed: ${error.message}.` };
}
