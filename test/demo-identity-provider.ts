import { startIdentityProvider } from './sso/identity-provider.ts';
import { startSamlPages } from './sso/saml-pages.ts';

/**
 * `npm run demo:idp`: providers of OpenID Connect and of SAML to try single sign-on with, at a program that runs on this
 * machine. Their people have no passwords: one clicks on who one is. `PUBLIC_URL` and `API_V1_PREFIX` say where the program is,
 * `OIDC_PORT` and `SAML_PORT` where they are.
 */
const publicUrl = process.env['PUBLIC_URL'] ?? 'http://localhost:8000';
const api = `${publicUrl}${process.env['API_V1_PREFIX'] ?? '/api/v1'}`;
const clientSecret = 'secret-of-the-demonstration';
const verified = { email_verified: true };

const { issuer } = await startIdentityProvider({
  port: Number(process.env['OIDC_PORT'] ?? 9400),
  people: {
    ada: { name: 'Ada Learner', email: 'ada@school.example', ...verified },
    tomas: { name: 'Tomás Teacher', email: 'tomas@school.example', ...verified, groups: ['teachers'] },
    mallory: { name: 'Mallory, whose address nobody verified', email: 'ada@school.example' },
  },
  client: { clientId: 'lms', clientSecret, redirectUri: `${api}/auth/oidc/demo/callback` },
});

const provider = {
  key: 'demo',
  name: 'Demonstration',
  issuer,
  clientId: 'lms',
  clientSecret,
  scopes: ['openid', 'email', 'profile', 'groups'],
  emailDomains: ['school.example'],
  createsAccounts: true,
  groupMappings: [{ value: 'teachers', role: 'instructor' }],
};
const person = (subject: string, groups: string[] = []) => ({
  subject,
  attributes: { email: `${subject}@school.example`, name: `${subject} by SAML`, groups },
});
const { metadataUrl } = await startSamlPages(
  { sami: person('sami'), tara: person('tara', ['teachers']) },
  Number(process.env['SAML_PORT'] ?? 9401),
);
const { emailDomains, createsAccounts, groupMappings } = provider;
const samlProvider = {
  key: 'demo-saml',
  name: 'Demonstration by SAML',
  protocol: 'saml',
  saml: { metadataUrl, vouchesForAddresses: true },
  emailDomains,
  createsAccounts,
  groupMappings,
};
// Of the text "try-it-out-with-a-verifier-of-43-characters!", which a front end would draw at random.
process.stdout.write(`
A provider of OpenID Connect is at ${issuer}, one of SAML at ${new URL(metadataUrl).origin}. Ctrl-C ends them.

1. Add them, or one of them, with an admin's access token in TOKEN:

curl -X POST ${api}/admin/sso/providers -H "authorization: Bearer $TOKEN" \\
  -H 'content-type: application/json' -d '${JSON.stringify(provider)}'

curl -X POST ${api}/admin/sso/providers -H "authorization: Bearer $TOKEN" \\
  -H 'content-type: application/json' -d '${JSON.stringify(samlProvider)}'

2. Open one of these in a browser, and click on who you are:

${api}/auth/oidc/demo/start?codeChallenge=leniAOSwiiBqW9zK55K5jH4Qef414tgcuC_40CWCvWg
${api}/auth/saml/demo-saml/start?codeChallenge=leniAOSwiiBqW9zK55K5jH4Qef414tgcuC_40CWCvWg

3. Within a minute, exchange the code behind # in the address where you arrive:

curl -X POST ${api}/auth/login/exchanges -H 'content-type: application/json' \\
  -d '{"code":"CODE","codeVerifier":"try-it-out-with-a-verifier-of-43-characters!"}'
`);
