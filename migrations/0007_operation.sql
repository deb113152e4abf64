-- Counts that are too dear to be made by every process at every scrape: whoever finds them old makes them for all.

create table figure_cache (
  name       text           primary key,
  counted_at timestamptz(3) not null,
  -- Null while they are being counted for the first time.
  counts     jsonb
);
