#!/bin/sh
# deploy/roll.sh IMAGE brings the running system to another image without a failed request: migrates, then replaces the
# replicas of the api one by one, each when its successor is healthy, then workers and scheduler. A successor that does
# not become healthy ends it: what was replaced is brought back, and the status is 1.
#   LMS_COMPOSE   how compose is called here; by default docker compose --env-file .env.production -f compose.prod.yaml
#   LMS_PATIENCE  seconds that a container may take to become healthy; 60
set -eu

new=${1:?usage: deploy/roll.sh IMAGE}
patience=${LMS_PATIENCE:-60}

# What watches the system is of another compose file, and its containers are no orphans.
export COMPOSE_IGNORE_ORPHANS=true

say() { printf 'roll: %s\n' "$*" >&2; }

# LMS_IMAGE in the environment wins over the file of settings. What LMS_COMPOSE says is several words.
compose() { ${LMS_COMPOSE:-docker compose --env-file .env.production -f compose.prod.yaml} "$@"; }

# Those that have ended, too: a successor that broke at once is one.
containers() { compose ps --all --quiet "$1"; }

count() { containers "$1" | grep -c . || true; }

# healthy CONTAINER: waits until it is. 1 where it stops, or takes too long.
healthy() {
  waited=0
  while [ "$waited" -lt "$patience" ]; do
    state=$(docker inspect --format '{{.State.Status}} {{.State.Health.Status}} {{.RestartCount}}' "$1") || return 1
    case $state in
      'running healthy '*) return 0 ;;
      exited*) return 1 ;;
      *' 0') ;;
      *) return 1 ;;
    esac
    sleep 1
    waited=$((waited + 1))
  done
  return 1
}

# replace_api IMAGE: every replica that is not of this image, one by one. 1 at the first successor that fails.
replace_api() {
  LMS_IMAGE=$1
  export LMS_IMAGE
  wanted=$(docker image inspect --format '{{.Id}}' "$1")
  for old in $(containers api); do
    [ "$(docker inspect --format '{{.Image}}' "$old")" = "$wanted" ] && continue
    before=$(containers api)
    compose up --detach --no-build --no-deps --no-recreate --scale "api=$(($(count api) + 1))" api >&2
    successor=''
    for container in $(containers api); do
      case $before in *"$container"*) ;; *) successor=$container ;; esac
    done
    if [ -z "$successor" ] || ! healthy "$successor"; then
      say "${successor:-no container} did not become healthy; its last words:"
      [ -z "$successor" ] || docker logs --tail 20 "$successor" >&2 || true
      [ -z "$successor" ] || docker rm --force "$successor" >/dev/null
      return 1
    fi
    # By then the proxy has asked for the addresses again, and knows the successor.
    sleep 2
    docker stop --time 40 "$old" >/dev/null
    docker rm "$old" >/dev/null
    say "replaced one api"
  done
}

# replace_others IMAGE: these serve nobody, so that a pause of some seconds harms nobody.
replace_others() {
  LMS_IMAGE=$1
  export LMS_IMAGE
  compose up --detach --no-build --no-deps --scale "worker=$(count worker)" worker scheduler >&2
  for container in $(containers worker) $(containers scheduler); do
    healthy "$container" || return 1
  done
}

docker image inspect "$new" >/dev/null 2>&1 || docker pull "$new" >&2
first=$(containers api | head -n 1)
[ -n "$first" ] || { say 'no api runs: start the system first'; exit 1; }
# By the name under which it was started, as long as that still names it: Compose takes another name for a change.
old=$(docker inspect --format '{{.Config.Image}}' "$first")
id=$(docker inspect --format '{{.Image}}' "$first")
[ "$(docker image inspect --format '{{.Id}}' "$old" 2>/dev/null)" = "$id" ] || old=$id

say "migrating with $new"
LMS_IMAGE=$new compose run --rm --no-deps migrate >&2

if replace_api "$new" && replace_others "$new"; then
  say "done: set LMS_IMAGE=$new in the file of settings, so that the next start has it"
else
  say 'going back'
  replace_api "$old"
  replace_others "$old"
  say "the system runs as before; the database keeps its newer form, which the older program works with"
  exit 1
fi
