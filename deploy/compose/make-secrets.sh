#!/bin/sh
# Writes the secrets that compose.yaml asks for into a file that this user alone can read: .env beside compose.yaml, unless another is named.
# One that is there stays as it is.
set -eu
file=${1:-$(dirname "$0")/../../.env}
if [ -e "$file" ]; then
  echo "$file is there already; nothing was changed." >&2
  exit 0
fi
umask 077
# Letters and digits: they stand in URLs.
secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
{
  echo "POSTGRES_PASSWORD=$(secret)"
  echo "CLICKHOUSE_PASSWORD=$(secret)"
  echo "CLICKHOUSE_READER_PASSWORD=$(secret)"
  echo "CLICKHOUSE_CLUSTER_SECRET=$(secret)"
  echo "ONYM_INITIAL_WRITE_KEY=pk_$(secret)"
  echo "ONYM_INITIAL_SECRET_KEY=sk_$(secret)"
} > "$file"
echo "$file has the passwords and the two first keys. Keep them."
