// An OpenID provider for the tests: oidc-provider as it comes, with one client, and people who sign in by saying who they are.
//
//   node provider.mjs PORT REDIRECT_URI CLIENT_SECRET
//
// Who comes at /interaction/UID/as?number=…&name=…&groups=… has a first name and groups too (staff).
// Says "ready" on its first line. Whoever is sent to /interaction/UID signs in at /interaction/UID/as?number=…&acr=…
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [port, redirectUri, secret] = process.argv.slice(2);
const NUMBER = "https://id.oidc.se/claim/personalIdentityNumber";
const LEVELS = [2, 3, 4].map((level) => `http://id.elegnamnden.se/loa/1.0/loa${level}`);
const STAFF = ["given_name", "groups"];
const said = new Map(); // what a person's sign-in said of her beside the number
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  acrValues: LEVELS,
  claims: { openid: ["sub"], acr: null, auth_time: null, [NUMBER]: null, given_name: null, groups: null },
  clients: [{
    client_id: "imorgon",
    client_secret: secret,
    redirect_uris: [redirectUri],
    response_types: ["code"],
    grant_types: ["authorization_code"],
    id_token_signed_response_alg: "ES256",
  }],
  cookies: { keys: ["only for tests"] },
  features: { claimsParameter: { enabled: true }, devInteractions: { enabled: false } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, [NUMBER]: id, ...said.get(id) }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256", kid: "one" }] },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile");
    grant.addOIDCClaims([NUMBER, ...STAFF]);
    await grant.save();
    return grant;
  },
  pkce: { required: () => true },
});

const answer = provider.callback();
createServer(async (request, response) => {
  const url = new URL(request.url, `http://127.0.0.1:${port}`);
  if (/^\/interaction\/[^/]+\/as$/.test(url.pathname)) {
    const groups = url.searchParams.get("groups")?.split(" ") ?? [];
    said.set(url.searchParams.get("number"), { given_name: url.searchParams.get("name") ?? undefined, groups });
    const login = { accountId: url.searchParams.get("number"), acr: url.searchParams.get("acr") ?? undefined, remember: false };
    await provider.interactionFinished(request, response, { login });
  } else if (url.pathname.startsWith("/interaction/")) {
    response.end("Who are you?");
  } else {
    answer(request, response);
  }
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
