-- Since when devices that somebody signed in on before are not known to them any more: they signed out everywhere, or an admin
-- did it for them (src/features/identity/device-token.ts). Null: never.
alter table app_user add column devices_forgotten_at timestamptz(3);
