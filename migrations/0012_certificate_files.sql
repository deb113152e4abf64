-- PDFs of certificates move into the store of files. Those made before stay here until a nightly job has moved them.

alter table certificate_pdf
  alter column content drop not null,
  add column storage_key text,
  add column size_bytes  integer,
  add check ((storage_key is null) = (content is not null)),
  add check ((storage_key is null) = (size_bytes is null));
create index certificate_pdf_unmoved_idx on certificate_pdf (certificate_id) where storage_key is null;
