-- Who else has ever chosen the password or the address: as long as these may do all that the person may, nobody gained
-- anything by it. Empty: nobody. Null: it is not known who, as of all who were here before and of rows that the code before
-- writes (src/features/identity/commands/secure-rise.ts). Nothing is read or rewritten while the table is locked.
alter table app_user add column chosen_by uuid[];
