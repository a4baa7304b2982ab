/** What a request is refused with: a status of HTTP and a sentence for people. Users' mistakes are UserErrors and become 400. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly statusCode: 401 | 403 | 404 | 409 | 413 | 415 | 503;

  constructor(statusCode: ApiError['statusCode'], message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}
