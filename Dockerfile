# One image for every role and command: docker run IMAGE api | worker | scheduler | migrate | …
# The base is an argument, so that a release can pin it: --build-arg BASE_IMAGE=node:24-trixie-slim@sha256:…
ARG BASE_IMAGE=node:24-trixie-slim

# What the program needs to run, and of that only what is read: no types, no maps, no documents.
FROM ${BASE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# What tar-stream has for another runtime (bare) is 7 MB that Node never loads, and what xml2js has for browsers 3 MB.
RUN --mount=type=cache,target=/npm-cache npm ci --omit=dev --ignore-scripts --cache=/npm-cache \
  && rm -rf node_modules/bare-* node_modules/teex node_modules/xml2js/lib/xml2js.bc.js \
  && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -iname 'readme*' -o -iname 'changelog*' \) -delete

# The programs of PostgreSQL 17 that backups need. The package brings Perl for its wrappers; the programs need none.
FROM ${BASE_IMAGE} AS postgresql
RUN apt-get update \
  && apt-get install -y --no-install-recommends postgresql-client-17 \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir /programs \
  && cd /usr/lib/postgresql/17/bin \
  && cp pg_basebackup pg_dump pg_isready pg_restore pg_verifybackup psql /programs/

FROM ${BASE_IMAGE} AS runtime
# Their libraries come as packages, so that scanners see them; ca-certificates for databases and mail servers by TLS.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates libpq5 libreadline8t64 \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log \
  && install -d -o 1000 -g 1000 /app/data /app/backups
COPY --from=postgresql /programs/ /usr/local/bin/
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY src src
# Compiled code of the modules that every role loads, kept as the user that runs them: they start twice as fast.
RUN install -d -o 1000 -g 1000 node_modules/.cache build \
  && (cd build && setpriv --reuid=1000 --regid=1000 --clear-groups node /app/src/main.ts openapi >/dev/null) \
  && chown -R 0:0 node_modules/.cache \
  && rm -rf build

ARG VERSION=1.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="LMS Backend" \
  org.opencontainers.image.description="An API-first learning management system: API, workers, scheduler and commands." \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.created="${CREATED}"
ENV NODE_ENV=production VERSION=${VERSION} DATA_DIR=/app/data
# By number, so that an orchestrator can see that it is not root.
USER 1000:1000
EXPOSE 8000 9100
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "src/main.ts", "health"]
ENTRYPOINT ["node", "src/main.ts"]
CMD ["api"]
