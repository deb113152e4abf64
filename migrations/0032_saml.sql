-- Single sign-on by SAML 2.0, beside OpenID Connect.

-- For SAML: `issuer` is the entity id of the provider, `client_id` our own by which it knows us, and `client_secret` the
-- key that signs our requests, sealed alike; `claims` name attributes.
alter table sso_provider
  add column protocol text  not null default 'oidc' check (protocol in ('oidc', 'saml')),
  -- {ssoUrl, certificates, nameIdFormat, subjectAttribute, wantsResponseSigned, clockSkewSeconds, vouchesForAddresses, signingCertificate}
  add column saml     jsonb,
  add constraint sso_provider_saml_check check ((protocol = 'saml') = (saml is not null));

-- What a provider of SAML posted, until the browser that began comes for it by a link. Sealed for 'saml-answer:' and the hash of its state.
alter table sso_transaction add column answer bytea;

-- Only OpenID Connect has ID tokens.
alter table external_sign_in alter column id_token drop not null;

-- Assertions that were used, so that none counts twice while it lasts.
create table sso_assertion (
  provider_id uuid           not null references sso_provider on delete cascade,
  id_hash     bytea          not null,
  expires_at  timestamptz(3) not null,
  primary key (provider_id, id_hash)
);
create index sso_assertion_expires_idx on sso_assertion (expires_at);
