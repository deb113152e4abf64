import { withAccount, type Entry } from './entry.ts';

/** By which providers people sign in. */
export const ofSso: readonly Entry[] = [
  {
    table: 'login_code',
    of: 'user_id = $person',
    purpose: 'to end a sign-in by a provider',
    personal: {},
    other: [
      'code_hash',
      'user_id',
      'code_challenge',
      'external_sign_in_id',
      'has_second_factor',
      'created_at',
      'expires_at',
    ],
    erasure: 'delete',
    kept: 'a minute',
  },
  {
    table: 'external_sign_in',
    of: 'identity_id in (select id from external_identity where user_id = $person)',
    purpose: 'to log out at the provider, and for it to log out here',
    personal: { id_token: 'encrypted: what the provider said of them', created_at: 'when they signed in' },
    other: ['id', 'identity_id', 'sid'],
    erasure: 'delete',
    kept: 'as long as the session',
  },
  {
    table: 'external_identity',
    of: 'user_id = $person',
    purpose: 'by which provider they sign in',
    personal: {
      subject: 'who they are there',
      created_at: 'since when',
      last_used_at: 'when they last did',
    },
    other: ['id', 'user_id', 'provider_id', 'given_role', 'role_before', 'given_role_ids', 'given_group_ids'],
    erasure: 'delete',
    kept: withAccount,
  },
  {
    table: 'scim_user',
    of: 'user_id = $person',
    purpose: 'what a directory (SCIM) says of them',
    personal: {
      user_name: 'what they are called there',
      external_id: 'who they are there',
      display_name: 'name there',
      given_name: 'given name there',
      family_name: 'family name there',
      email_type: 'of what kind the address is',
      is_active: 'whether they are to be active',
      created_at: 'since when',
      removed_at: 'when it let go of them',
    },
    other: ['connection_id', 'user_id', 'user_name_key', 'version', 'updated_at'],
    erasure: 'delete',
    kept: withAccount,
  },
];
