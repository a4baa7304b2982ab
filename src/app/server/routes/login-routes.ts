/** The page on which somebody shows the token, once for each browser. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Access } from '../security/access.ts';
import { LOGIN_PATH } from '../security/guard.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';
/** A token and the names of two fields are far shorter. */
const LARGEST_FORM_BYTES = 4096;

const STYLE = `:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}
body{max-width:26rem;margin:18vh auto;padding:0 1rem}
input,button{font:inherit;padding:.5rem .75rem;width:100%;box-sizing:border-box;margin:.25rem 0 1rem}
[role=alert]{color:light-dark(#a3162c,#ff9a9a)}
`;

export const loginRoutes: FastifyPluginAsyncZod<{ access: Access }> = async (app, { access }) => {
  app.addContentTypeParser(
    FORM_TYPE,
    { parseAs: 'string', bodyLimit: LARGEST_FORM_BYTES },
    (_request, text, done) => done(null, Object.fromEntries(new URLSearchParams(String(text)))),
  );

  app.get(LOGIN_PATH, { schema: { hide: true } }, async (_request, reply) => {
    if (access.isOpen) return reply.redirect('/', 303);
    return reply.type('text/html; charset=utf-8').send(loginPage(false));
  });

  app.get('/login.css', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/css').send(STYLE),
  );

  app.post(
    LOGIN_PATH,
    { schema: { hide: true, consumes: [FORM_TYPE], body: z.object({ token: z.string() }) } },
    async ({ body: { token } }, reply) => {
      if (!access.isToken(token.trim()))
        return reply.code(401).type('text/html; charset=utf-8').send(loginPage(true));
      reply.setCookie(access.cookieName, access.session, { path: '/', httpOnly: true, sameSite: 'strict' });
      return reply.redirect('/', 303);
    },
  );
};

function loginPage(wasWrong: boolean): string {
  const complaint = wasWrong ? '<p role="alert">That is not the token of this server.</p>' : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>hesscope</title><link rel="stylesheet" href="/login.css"></head>
<body><main><h1>hesscope</h1><p>The server has printed a token when it was started, or was given one.</p>${complaint}
<form method="post" action="${LOGIN_PATH}"><label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Log in</button></form></main></body></html>
`;
}
