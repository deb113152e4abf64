-- Of which trace a delivery is part, as the W3C header `traceparent` has it: kept through its attempts.
alter table webhook_delivery add column traceparent text;
