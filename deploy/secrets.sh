#!/bin/sh
# deploy/secrets.sh rotate|prepare|swap [--only=NAME] changes the keys in $SECRETS_DIR, as "lms secrets" does, which
# cannot replace the files that containers are given one by one. Afterwards restart the containers.
#   LMS_COMPOSE  how compose is called here; by default docker compose --env-file .env.production -f compose.prod.yaml
set -eu

[ "$#" -ge 1 ] || { echo 'usage: deploy/secrets.sh rotate|prepare|swap [--only=NAME]' >&2; exit 2; }
folder=$(cd "${SECRETS_DIR:-secrets}" && pwd)

set -- worker secrets "$@"
for name in SECRET_KEY ENCRYPTION_KEY BACKUP_KEY; do
  file=/run/keys/$(printf %s "$name" | tr '[:upper:]' '[:lower:]')
  set -- --env "${name}_FILE=$file" --env "${name}_PREVIOUS_FILE=${file}_previous" "$@"
done
# As root, since the files are the operator's, and backups those of the user in the containers.
set -- --user 0:0 --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --volume "$folder:/run/keys" "$@"
# What LMS_COMPOSE says is several words.
exec ${LMS_COMPOSE:-docker compose --env-file .env.production -f compose.prod.yaml} run --rm --no-deps -T "$@"
