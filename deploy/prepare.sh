#!/bin/sh
# deploy/prepare.sh [HOST] makes what compose.prod.yaml and compose.staging.yaml need beside their settings: random keys
# and passwords, and a certificate of its own for HOST. What is there already stays as it is, so that a certificate of an
# authority, put into $SECRETS_DIR/tls as tls.crt and tls.key, is used. With BACKUP_FOLDER it makes that folder, too, so
# that the worker can keep backups there.
set -eu

host=${1:-localhost}
folder=${SECRETS_DIR:-secrets}

# Others on this machine cannot get past the folder. The files themselves must be readable to the users inside the
# containers, into which they are mounted as they are.
umask 077
mkdir -p "$folder/tls"

# write NAME: standard input becomes the secret, unless there is one.
write() {
  if [ -e "$folder/$1" ]; then
    cat >/dev/null
  else
    cat >"$folder/$1.new"
    chmod 444 "$folder/$1.new"
    mv "$folder/$1.new" "$folder/$1"
    echo "made $folder/$1"
  fi
}

openssl rand -base64 48 | tr -d '\n' | write secret_key
openssl rand -base64 32 | tr -d '\n' | write encryption_key
openssl rand -base64 48 | tr -d '\n' | write backup_key
openssl rand -hex 24 | tr -d '\n' | write database_password
# The first owns the tables and migrates, the second serves: "migrate" makes it.
printf 'postgresql://lms:%s@db:5432/lms' "$(cat "$folder/database_password")" | write database_owner_url
printf 'postgresql://lms_app:%s@db:5432/lms' "$(openssl rand -hex 24)" | write database_url
for optional in secret_key_previous encryption_key_previous backup_key_previous; do
  write "$optional" </dev/null
done
if [ ! -e "$folder/smtp_password" ]; then
  write smtp_password </dev/null
  # This one people fill in.
  chmod u+w "$folder/smtp_password"
fi

if [ ! -e "$folder/tls/tls.crt" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -sha256 -nodes -days 397 \
    -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
    -keyout "$folder/tls/tls.key" -out "$folder/tls/tls.crt" 2>/dev/null
  echo "made $folder/tls/tls.crt for $host; browsers will warn of it"
fi

backups=${BACKUP_FOLDER:-}
if [ -n "$backups" ]; then
  mkdir -p "$backups"
  # The user in the containers.
  if [ "$(stat -c %u "$backups")" != 1000 ] && ! chown 1000:1000 "$backups" 2>/dev/null; then
    echo "let the containers write into it: sudo chown 1000:1000 $backups" >&2
    exit 1
  fi
fi
echo "keep copies of $folder/backup_key and $folder/encryption_key on another machine: no backup is opened without them"
