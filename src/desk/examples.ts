/**
 * The examples of `integration.ts`, a function each: from a service to files that its team pastes. Every value of a
 * service stands in them as a literal of that language, so that no address of a service can end a text and begin code.
 * A stack that cannot do what a service asks says so in a note, and does not pretend.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of other languages
import type { Example, Subject } from './integration.ts'

type Notes = Example['notes']

/** A literal of JavaScript, Python, Java, JSON, and of YAML between double quotes. */
const quoted = (value: string) => JSON.stringify(value)

/** A literal of PHP in which nothing is expanded. */
const phpQuoted = (value: string) => `'${value.replace(/[\\']/g, (sign) => `\\${sign}`)}'`

const pathOf = (address: string) => new URL(address).pathname
const originOf = (address: string) => new URL(address).origin
const isPlain = (address: string) => address.startsWith('http:')

/** Lines without those that do not apply. */
function lines(...parts: readonly (string | false | undefined)[]): string {
  return `${parts.filter((part) => typeof part === 'string').join('\n')}\n`
}

const credential = ({ service }: Subject): Notes =>
  service.auth === 'private_key_jwt' ? [{ note: 'key' }] : [{ note: 'secret' }]

// --- Node ----------------------------------------------------------------------------------------------------------

/** Of addresses that an example serves itself: one that the service does not use. */
function free(wanted: string, other: string, subject: Subject): string {
  const taken = [subject.redirectUri, subject.service.backchannelLogoutUri ?? ''].map((uri) => uri && pathOf(uri))
  return taken.includes(wanted) ? other : wanted
}

export function nodeExample(subject: Subject): Example {
  const { service, issuer, redirectUri, scope, level, afterLogout } = subject
  const [begin, end] = [free('/login', '/begin', subject), free('/logout', '/end', subject)]
  const backchannel = service.backchannelLogoutUri
  const { port, protocol } = new URL(redirectUri)
  const byKey = service.auth === 'private_key_jwt'
  const secretMaker = service.auth === 'client_secret_post' ? 'ClientSecretPost' : 'ClientSecretBasic'
  const text = lines(
    '// A service in one file. Node 22 or later: npm install openid-client@6 jose@6, then node service.mjs',
    '// Its sessions are in memory: keep yours in a database.',
    "import { randomBytes } from 'node:crypto'",
    byKey && "import { readFileSync } from 'node:fs'",
    "import { createServer } from 'node:http'",
    "import { text } from 'node:stream/consumers'",
    (byKey || backchannel) &&
      `import { ${[backchannel && 'createRemoteJWKSet', byKey && 'importPKCS8', backchannel && 'jwtVerify'].filter(Boolean).join(', ')} } from 'jose'`,
    "import * as openid from 'openid-client'",
    '',
    `const redirectUri = ${quoted(redirectUri)}`,
    'const { origin, pathname: callback } = new URL(redirectUri)',
    byKey &&
      "const key = await importPKCS8(readFileSync(process.env.PRIVATE_KEY_FILE, 'utf8'), process.env.PRIVATE_KEY_ALG ?? 'ES256')",
    'const hub = await openid.discovery(',
    `  new URL(${quoted(issuer)}),`,
    `  ${quoted(service.id)},`,
    `  { id_token_signed_response_alg: ${quoted(service.idTokenAlg)}${service.userinfoAlg ? `, userinfo_signed_response_alg: ${quoted(service.userinfoAlg)}` : ''} },`,
    byKey
      ? '  openid.PrivateKeyJwt({ key, kid: process.env.PRIVATE_KEY_ID }),'
      : `  openid.${secretMaker}(process.env.CLIENT_SECRET),`,
    isPlain(issuer) ? '  // This hub is a trial on plain http: a real one needs no allowInsecureRequests.' : undefined,
    `  { execute: [openid.enableNonRepudiationChecks${isPlain(issuer) ? ', openid.allowInsecureRequests' : ''}] },`,
    ')',
    backchannel && 'const hubKeys = createRemoteJWKSet(new URL(hub.serverMetadata().jwks_uri))',
    'const sessions = new Map()',
    '',
    'async function begin(response) {',
    '  const attempt = { state: openid.randomState(), nonce: openid.randomNonce(), verifier: openid.randomPKCECodeVerifier() }',
    '  openSession(response, { attempt })',
    '  redirect(response, openid.buildAuthorizationUrl(hub, {',
    '    redirect_uri: redirectUri,',
    `    scope: ${quoted(scope)},`,
    `    acr_values: ${quoted(level)},`,
    '    state: attempt.state,',
    '    nonce: attempt.nonce,',
    '    code_challenge: await openid.calculatePKCECodeChallenge(attempt.verifier),',
    "    code_challenge_method: 'S256',",
    '  }))',
    '}',
    '',
    'async function finish(url, session, response) {',
    '  const { attempt } = session',
    '  delete session.attempt',
    "  if (!attempt) return say(response, 400, 'This browser began no sign-in.')",
    '  // Checks state, iss, the signature, audience and nonce of the id token, and its times.',
    '  const tokens = await openid.authorizationCodeGrant(hub, url, {',
    '    expectedState: attempt.state,',
    '    expectedNonce: attempt.nonce,',
    '    pkceCodeVerifier: attempt.verifier,',
    '    idTokenExpected: true,',
    '  })',
    '  const { sub, acr, sid } = tokens.claims()',
    '  const identity = await openid.fetchUserInfo(hub, tokens.access_token, sub)',
    '  // sub alone is the key of the person here: names, addresses and the level may change.',
    '  openSession(response, { person: { sub, acr, sid, identity, idToken: tokens.id_token } })',
    '  redirect(response, `${origin}/`)',
    '}',
    '',
    'function end(id, session, response) {',
    '  sessions.delete(id)',
    '  if (!session.person) return redirect(response, `${origin}/`)',
    `  redirect(response, openid.buildEndSessionUrl(hub, { id_token_hint: session.person.idToken${afterLogout ? `, post_logout_redirect_uri: ${quoted(afterLogout)}` : ''} }))`,
    '}',
    '',
    ...(backchannel
      ? [
          '// The session ended elsewhere: the hub says so (OpenID Connect Back-Channel Logout 1.0).',
          'async function ended(request, response) {',
          "  const token = new URLSearchParams(await text(request)).get('logout_token') ?? ''",
          '  const { payload } = await jwtVerify(token, hubKeys, {',
          `    issuer: ${quoted(issuer)},`,
          `    audience: ${quoted(service.id)},`,
          "    typ: 'logout+jwt',",
          `    algorithms: [${quoted(service.idTokenAlg)}],`,
          "    requiredClaims: ['sid', 'exp'],",
          '  })',
          "  if (!payload.events?.['http://schemas.openid.net/event/backchannel-logout']) return say(response, 400, '')",
          '  for (const [id, { person }] of sessions) if (person?.sid === payload.sid) sessions.delete(id)',
          "  say(response, 200, '')",
          '}',
          '',
        ]
      : []),
    'createServer(async (request, response) => {',
    '  const url = new URL(request.url, origin)',
    "  const id = /(?:^|; )session=([\\w-]+)/.exec(request.headers.cookie ?? '')?.[1]",
    '  const session = sessions.get(id) ?? {}',
    '  try {',
    `    if (url.pathname === ${quoted(begin)}) return await begin(response)`,
    "    if (url.pathname === callback && url.searchParams.has('state')) return await finish(url, session, response)",
    `    if (request.method === 'POST' && url.pathname === ${quoted(end)}) return end(id, session, response)`,
    backchannel &&
      `    if (request.method === 'POST' && url.pathname === ${quoted(pathOf(backchannel))}) return await ended(request, response)`,
    `    if (!session.person) return say(response, 200, ${quoted(`<a href="${begin}">Sign in</a>`)})`,
    '    const told = escaped(JSON.stringify({ acr: session.person.acr, ...session.person.identity }, null, 2))',
    `    say(response, 200, \`<pre>\${told}</pre><form method="post" action=${quoted(end)}><button>Sign out</button></form>\`)`,
    '  } catch (error) {',
    '    console.error(error)',
    `    say(response, 400, ${quoted(`The sign-in did not succeed. <a href="${begin}">Try again</a>`)})`,
    '  }',
    `}).listen(Number(process.env.PORT ?? ${port || '3000'}))`,
    '',
    '// A new id whenever what a session may do changes.',
    'function openSession(response, session) {',
    "  const id = randomBytes(24).toString('base64url')",
    '  sessions.set(id, session)',
    `  response.setHeader('set-cookie', \`session=\${id}; Path=/; HttpOnly; SameSite=Lax${protocol === 'https:' ? '; Secure' : ''}\`)`,
    '}',
    '',
    'function redirect(response, to) {',
    '  response.writeHead(303, { location: String(to) }).end()',
    '}',
    '',
    'function say(response, status, body) {',
    "  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })",
    '  response.end(`<!doctype html><title>Service</title>${body}`)',
    '}',
    '',
    'function escaped(value) {',
    '  return value.replace(/[&<>"\']/g, (sign) => `&#${sign.charCodeAt(0)};`)',
    '}',
  )
  return { stack: 'node', files: [{ name: 'service.mjs', text }], notes: credential(subject) }
}

// --- Python --------------------------------------------------------------------------------------------------------

export function pythonExample(subject: Subject): Example {
  const { service, issuer, redirectUri, scope, level, afterLogout } = subject
  const [begin, end] = [free('/login', '/begin', subject), free('/logout', '/end', subject)]
  const byKey = service.auth === 'private_key_jwt'
  const text = lines(
    '# pip install "Authlib>=1.6,<2" flask requests — then flask --app service run',
    'import os',
    byKey && 'import time',
    'from urllib.parse import urlencode',
    '',
    'from authlib.integrations.flask_client import OAuth, OAuthError',
    byKey && 'from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign',
    'from flask import Flask, abort, jsonify, redirect, session',
    '',
    'app = Flask(__name__)',
    'app.secret_key = os.environ["SESSION_KEY"]',
    `app.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=${isPlain(redirectUri) ? 'False' : 'True'})`,
    '',
    ...(byKey
      ? [
          'class Assertion(PrivateKeyJWT):',
          '    # The hub takes its own issuer as the audience, and no assertion of more than ten minutes.',
          '    def sign(self, auth, token_endpoint):',
          '        return private_key_jwt_sign(',
          '            auth.client_secret,',
          '            client_id=auth.client_id,',
          `            token_endpoint=${quoted(issuer)},`,
          '            claims={"exp": int(time.time()) + 60},',
          '            header={"kid": os.environ["PRIVATE_KEY_ID"]},',
          '            alg=os.environ.get("PRIVATE_KEY_ALG", "ES256"),',
          '        )',
          '',
          '',
        ]
      : []),
    'hub = OAuth(app).register(',
    '    "hub",',
    `    client_id=${quoted(service.id)},`,
    byKey
      ? '    client_secret=open(os.environ["PRIVATE_KEY_FILE"]).read(),'
      : '    client_secret=os.environ["CLIENT_SECRET"],',
    byKey && '    client_auth_methods=[Assertion()],',
    `    server_metadata_url=${quoted(`${issuer}/.well-known/openid-configuration`)},`,
    `    authorize_params={"acr_values": ${quoted(level)}},`,
    '    client_kwargs={',
    `        "scope": ${quoted(scope)},`,
    '        "code_challenge_method": "S256",',
    '        # Tokens of the hub live a minute, which the library would take for expired.',
    '        "leeway": 5,',
    `        "token_endpoint_auth_method": ${quoted(service.auth)},`,
    '    },',
    ')',
    '',
    '',
    `@app.get(${quoted(begin)})`,
    'def begin():',
    `    return hub.authorize_redirect(${quoted(redirectUri)})`,
    '',
    '',
    `@app.get(${quoted(pathOf(redirectUri))})`,
    'def callback():',
    '    try:',
    '        # Checks state, the signature, issuer, audience and nonce of the id token, and its times.',
    '        token = hub.authorize_access_token()',
    '    except OAuthError as error:',
    '        return f"The sign-in did not succeed: {error.error}", 400, {"content-type": "text/plain"}',
    '    identity = hub.userinfo(token=token)',
    '    if identity["sub"] != token["userinfo"]["sub"]:',
    '        abort(400)',
    '    session.clear()',
    '    # sub alone is the key of the person here: names, addresses and the level may change.',
    '    session["person"] = {"acr": token["userinfo"]["acr"], **identity}',
    '    session["id_token"] = token["id_token"]',
    '    return redirect("/")',
    '',
    '',
    `@app.post(${quoted(end)})`,
    'def end():',
    '    hint = session.pop("id_token", None)',
    '    session.clear()',
    '    if hint is None:',
    '        return redirect("/")',
    `    query = {"id_token_hint": hint${afterLogout ? `, "post_logout_redirect_uri": ${quoted(afterLogout)}` : ''}}`,
    '    return redirect(hub.load_server_metadata()["end_session_endpoint"] + "?" + urlencode(query))',
    '',
    '',
    ...(pathOf(redirectUri) === '/'
      ? []
      : [
          '@app.get("/")',
          'def home():',
          '    if "person" not in session:',
          `        return ${quoted(`<a href="${begin}">Sign in</a>`)}`,
          '    return jsonify(session["person"])',
        ]),
  )
  const notes: Notes = [
    ...credential(subject),
    ...(service.userinfoAlg ? [{ note: 'userinfo_json' as const }] : []),
    ...(service.backchannelLogoutUri ? [{ note: 'no_backchannel' as const }] : []),
  ]
  return { stack: 'python', files: [{ name: 'service.py', text }], notes }
}

// --- Spring --------------------------------------------------------------------------------------------------------

const springCallback = '/login/oauth2/code/hub'
const springBackchannel = '/logout/connect/back-channel/hub'

export function springExample(subject: Subject): Example {
  const { service, issuer, redirectUri, level, afterLogout, scope } = subject
  const byKey = service.auth === 'private_key_jwt'
  const callback = pathOf(redirectUri)
  const backchannel = service.backchannelLogoutUri
  const yaml = lines(
    '# Spring Boot 3.4 or later, with spring-boot-starter-oauth2-client',
    'spring:',
    '  security:',
    '    oauth2:',
    '      client:',
    '        registration:',
    '          hub:',
    `            client-id: ${quoted(service.id)}`,
    !byKey && '            client-secret: "${CLIENT_SECRET}"',
    `            client-authentication-method: ${service.auth}`,
    '            authorization-grant-type: authorization_code',
    `            redirect-uri: ${quoted(redirectUri)}`,
    `            scope: [${scope.split(' ').map(quoted).join(', ')}]`,
    '        provider:',
    '          hub:',
    `            issuer-uri: ${quoted(issuer)}`,
    '            user-name-attribute: sub',
  )
  const java = lines(
    byKey && 'import com.nimbusds.jose.jwk.JWK;',
    byKey && 'import java.util.List;',
    'import org.springframework.context.annotation.Bean;',
    'import org.springframework.context.annotation.Configuration;',
    'import org.springframework.security.config.Customizer;',
    'import org.springframework.security.config.annotation.web.builders.HttpSecurity;',
    byKey && 'import org.springframework.security.oauth2.client.endpoint.*;',
    'import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;',
    'import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;',
    'import org.springframework.security.oauth2.client.registration.*;',
    'import org.springframework.security.oauth2.client.web.*;',
    'import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;',
    'import org.springframework.security.oauth2.jwt.JwtDecoderFactory;',
    'import org.springframework.security.web.SecurityFilterChain;',
    '',
    '@Configuration',
    'class SignIn {',
    '  @Bean',
    '  SecurityFilterChain chain(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {',
    '    var requests = new DefaultOAuth2AuthorizationRequestResolver(clients, "/oauth2/authorization");',
    `    requests.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce().andThen(`,
    `        request -> request.additionalParameters(more -> more.put("acr_values", ${quoted(level)}))));`,
    '    var logout = new OidcClientInitiatedLogoutSuccessHandler(clients);',
    afterLogout && `    logout.setPostLogoutRedirectUri(${quoted(afterLogout)});`,
    '    return http',
    '        .authorizeHttpRequests(each -> each.anyRequest().authenticated())',
    '        .oauth2Login(login -> login',
    byKey && '            .tokenEndpoint(token -> token.accessTokenResponseClient(tokens()))',
    callback !== springCallback &&
      `            .redirectionEndpoint(endpoint -> endpoint.baseUri(${quoted(callback)}))`,
    '            .authorizationEndpoint(endpoint -> endpoint.authorizationRequestResolver(requests)))',
    backchannel && '        .oidcLogout(ended -> ended.backChannel(Customizer.withDefaults()))',
    '        .logout(end -> end.logoutSuccessHandler(logout))',
    '        .build();',
    '  }',
    '',
    '  // Spring expects RS256 of every provider unless it is told otherwise.',
    '  @Bean',
    '  JwtDecoderFactory<ClientRegistration> idTokens() {',
    '    var factory = new OidcIdTokenDecoderFactory();',
    `    factory.setJwsAlgorithmResolver(client -> SignatureAlgorithm.${service.idTokenAlg});`,
    '    return factory;',
    '  }',
    ...(byKey
      ? [
          '',
          '  // PRIVATE_JWK: your private key as a JWK, with its kid.',
          '  private static OAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> tokens() {',
          '    var assertion = new NimbusJwtClientAuthenticationParametersConverter<OAuth2AuthorizationCodeGrantRequest>(client -> {',
          '      try {',
          '        return JWK.parse(System.getenv("PRIVATE_JWK"));',
          '      } catch (java.text.ParseException unreadable) {',
          '        throw new IllegalStateException("PRIVATE_JWK is no JWK", unreadable);',
          '      }',
          '    });',
          '    // The hub takes its own issuer as the audience.',
          `    assertion.setJwtClientAssertionCustomizer(context -> context.getClaims().audience(List.of(${quoted(issuer)})));`,
          '    var client = new RestClientAuthorizationCodeTokenResponseClient();',
          '    client.addParametersConverter(assertion);',
          '    return client;',
          '  }',
        ]
      : []),
    '}',
  ).replace('import org.springframework.security.config.Customizer;\n', (line) => (backchannel ? line : ''))
  const notes: Notes = [
    ...credential(subject),
    ...(service.userinfoAlg ? [{ note: 'userinfo_json' as const }] : []),
    ...(backchannel && service.idTokenAlg !== 'RS256' ? [{ note: 'backchannel_rs256' as const }] : []),
    ...(backchannel && pathOf(backchannel) !== springBackchannel
      ? [{ note: 'backchannel_address' as const, value: `${originOf(redirectUri)}${springBackchannel}` }]
      : []),
  ]
  return {
    stack: 'spring',
    files: [
      { name: 'application.yaml', text: yaml },
      { name: 'SignIn.java', text: java },
    ],
    notes,
  }
}

// --- PHP -----------------------------------------------------------------------------------------------------------

export function phpExample(subject: Subject): Example {
  const { service, issuer, redirectUri, scope, level, afterLogout } = subject
  const byKey = service.auth === 'private_key_jwt'
  const more = scope.split(' ').filter((one) => one !== 'openid')
  const list = (values: readonly string[]) => `[${values.map(phpQuoted).join(', ')}]`
  const common = lines(
    '<?php',
    `// composer require jumbojett/openid-connect-php${byKey ? ' firebase/php-jwt' : ''}`,
    "require __DIR__ . '/vendor/autoload.php';",
    '',
    'use Jumbojett\\OpenIDConnectClient;',
    '',
    'function hub(): OpenIDConnectClient',
    '{',
    `    $hub = new OpenIDConnectClient(${phpQuoted(issuer)}, ${phpQuoted(service.id)}${byKey ? '' : ", getenv('CLIENT_SECRET')"});`,
    `    $hub->setRedirectURL(${phpQuoted(redirectUri)});`,
    `    $hub->setTokenEndpointAuthMethodsSupported(${list([service.auth])});`,
    "    $hub->setCodeChallengeMethod('S256');",
    more.length > 0 && `    $hub->addScope(${list(more)});`,
    `    $hub->addAuthParam(['acr_values' => ${phpQuoted(level)}]);`,
    ...(byKey
      ? [
          '    // The hub takes its own issuer as the audience, and no assertion of more than ten minutes.',
          '    $hub->setPrivateKeyJwtGenerator(fn (string $endpoint): string => Firebase\\JWT\\JWT::encode([',
          `        'iss' => ${phpQuoted(service.id)}, 'sub' => ${phpQuoted(service.id)}, 'aud' => ${phpQuoted(issuer)},`,
          "        'jti' => bin2hex(random_bytes(16)), 'iat' => time(), 'exp' => time() + 60,",
          "    ], file_get_contents(getenv('PRIVATE_KEY_FILE')), getenv('PRIVATE_KEY_ALG') ?: 'ES256', getenv('PRIVATE_KEY_ID')));",
        ]
      : []),
    '    return $hub;',
    '}',
  )
  const callback = lines(
    '<?php',
    `// Answers at ${redirectUri.replace(/[\r\n?]/g, '')} — the same file begins the sign-in and ends it.`,
    "require __DIR__ . '/hub.php';",
    '',
    '$hub = hub();',
    '// Sends the person to the hub; back from it, checks state, the signature, issuer, audience and nonce.',
    '$hub->authenticate();',
    '// sub alone is the key of the person here: names, addresses and the level may change.',
    "$subject = $hub->getVerifiedClaims('sub');",
    '$identity = $hub->requestUserInfo();',
    "if ($identity->sub !== $subject) { http_response_code(400); exit('Another person answered.'); }",
    'session_regenerate_id(true);',
    "$_SESSION['person'] = (array) $identity;",
    "$_SESSION['id_token'] = $hub->getIdToken();",
    "header('Location: /', true, 303);",
  )
  const logout = lines(
    '<?php',
    "require __DIR__ . '/hub.php';",
    '',
    'session_start();',
    "$hint = $_SESSION['id_token'] ?? null;",
    'session_destroy();',
    `if ($hint) { hub()->signOut($hint, ${afterLogout ? phpQuoted(afterLogout) : 'null'}); }`,
    "header('Location: /', true, 303);",
  )
  const notes: Notes = [
    ...credential(subject),
    ...(service.idTokenAlg === 'RS256' && service.userinfoAlg !== 'ES256' ? [] : [{ note: 'rs256_only' as const }]),
    ...(service.backchannelLogoutUri ? [{ note: 'no_backchannel' as const }] : []),
  ]
  return {
    stack: 'php',
    files: [
      { name: 'hub.php', text: common },
      { name: 'callback.php', text: callback },
      { name: 'logout.php', text: logout },
    ],
    notes,
  }
}

// --- Keycloak ------------------------------------------------------------------------------------------------------

/** Where a Keycloak that relays sign-ins is called back. */
const brokerPattern = /^(.*)\/realms\/([^/]+)\/broker\/([^/]+)\/endpoint$/

export function keycloakExample(subject: Subject): Example {
  const { service, issuer, redirectUri, scope, level } = subject
  const [, base = originOf(redirectUri), realm = 'REALM', alias = 'hub'] = brokerPattern.exec(redirectUri) ?? []
  const callback = `${base}/realms/${realm}/broker/${alias}/endpoint`
  const backchannel = `${base}/realms/${realm}/protocol/openid-connect/logout/backchannel-logout`
  const keys = `${base}/realms/${realm}/protocol/openid-connect/certs`
  const byKey = service.auth === 'private_key_jwt'
  const settings = {
    alias,
    displayName: service.id,
    providerId: 'oidc',
    enabled: true,
    // An address of mail proves no person.
    trustEmail: false,
    config: {
      issuer,
      authorizationUrl: `${issuer}/authorize?acr_values=${level}`,
      tokenUrl: `${issuer}/token`,
      userInfoUrl: `${issuer}/userinfo`,
      jwksUrl: `${issuer}/jwks`,
      logoutUrl: `${issuer}/logout`,
      useJwksUrl: 'true',
      validateSignature: 'true',
      clientId: service.id,
      clientAuthMethod: service.auth,
      ...(byKey
        ? { clientAssertionSigningAlg: 'ES256', clientAssertionAudience: issuer }
        : { clientSecret: '${vault.hub}' }),
      defaultScope: scope,
      pkceEnabled: 'true',
      pkceMethod: 'S256',
      backchannelSupported: String(service.backchannelLogoutUri !== undefined),
      syncMode: 'FORCE',
    },
  }
  const notes: Notes = [
    ...credential(subject),
    ...(callback === redirectUri ? [] : [{ note: 'redirect_address' as const, value: callback }]),
    ...(service.backchannelLogoutUri && service.backchannelLogoutUri !== backchannel
      ? [{ note: 'backchannel_address' as const, value: backchannel }]
      : []),
    ...(byKey && service.jwksUri !== keys ? [{ note: 'key_address' as const, value: keys }] : []),
    { note: 'subject' },
  ]
  const text = `${JSON.stringify(settings, undefined, 2)}\n`
  return { stack: 'keycloak', files: [{ name: 'identity-provider.json', text }], notes }
}

// --- Apache --------------------------------------------------------------------------------------------------------

/** In double quotes, where Apache reads `\` and `"`; `%` is its own in no directive used here. */
const apacheQuoted = (value: string) => `"${value.replace(/[\\"]/g, (sign) => `\\${sign}`)}"`

/** Where people come back to after they signed out must not send them to sign in again. */
function signedOut(afterLogout: string | undefined): string[] {
  if (afterLogout === undefined) return []
  const { pathname } = new URL(afterLogout)
  return pathname === '/'
    ? ['# Whoever signed out comes back to "/" and is asked to sign in again: give the service an address for that.']
    : [`<Location ${apacheQuoted(pathname)}>`, '    Require all granted', '</Location>']
}

export function apacheExample(subject: Subject): Example {
  const { service, issuer, redirectUri, scope, level, afterLogout } = subject
  const backchannel = `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}logout=backchannel`
  const text = lines(
    '# Apache 2.4 with mod_auth_openidc 2.4',
    `OIDCProviderMetadataURL ${apacheQuoted(`${issuer}/.well-known/openid-configuration`)}`,
    `OIDCClientID ${apacheQuoted(service.id)}`,
    'OIDCClientSecret "${CLIENT_SECRET}"',
    `OIDCProviderTokenEndpointAuth ${service.auth === 'private_key_jwt' ? 'client_secret_basic' : service.auth}`,
    `OIDCRedirectURI ${apacheQuoted(redirectUri)}`,
    'OIDCCryptoPassphrase "${SESSION_KEY}"',
    'OIDCResponseType "code"',
    'OIDCPKCEMethod S256',
    `OIDCScope ${apacheQuoted(scope)}`,
    `OIDCAuthRequestParams ${apacheQuoted(`acr_values=${level}`)}`,
    `OIDCIDTokenSignedResponseAlg ${service.idTokenAlg}`,
    service.userinfoAlg && `OIDCUserInfoSignedResponseAlg ${service.userinfoAlg}`,
    '# sub alone is the key of the person here: names, addresses and the level may change.',
    'OIDCRemoteUserClaim sub',
    'OIDCPassClaimsAs environment',
    afterLogout && `OIDCDefaultLoggedOutURL ${apacheQuoted(afterLogout)}`,
    '',
    '<Location "/">',
    '    AuthType openid-connect',
    '    Require valid-user',
    '</Location>',
    ...signedOut(afterLogout),
    ...(afterLogout ? ['', `# To sign out: ${redirectUri}?logout=${encodeURIComponent(afterLogout)}`] : []),
  )
  const notes: Notes = [
    ...(service.auth === 'private_key_jwt' ? [{ note: 'no_private_key_jwt' as const }] : [{ note: 'secret' as const }]),
    ...(service.backchannelLogoutUri && service.backchannelLogoutUri !== backchannel
      ? [{ note: 'backchannel_address' as const, value: backchannel }]
      : []),
  ]
  return { stack: 'apache', files: [{ name: 'service.conf', text }], notes }
}
