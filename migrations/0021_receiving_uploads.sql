-- Until when one request holds the right to send the bytes of an announced upload, so that one ticket fills no disk with
-- many drafts. Moved on while bytes come; one that died with its process runs out.
alter table file_upload add column receiving_until timestamptz(3);
