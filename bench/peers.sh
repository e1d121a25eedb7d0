#!/usr/bin/env bash
# The drain of due touches beside what a user would otherwise pick, in one run on one machine: graphile-worker, pg-boss and
# the bare SQL limit (from ../shared/peers/jobs beside the checkout), then our engine on SQLite and on the same PostgreSQL.
#   bench/peers.sh path/to/drain_bench [due=20000] [future=100000]
set -euo pipefail
bench=$(realpath "$1")
due=${2:-20000}
future=${3:-100000}
here=$(cd "$(dirname "$0")/.." && pwd)
peers=$here/../shared/peers/jobs
work=$(mktemp -d)
if [ ! -d "$peers" ]; then
  echo "peers are not beside the checkout (../shared/peers/jobs): only our own figures"
else
  cp -r "$peers/." "$work/peers" && chmod -R u+w "$work/peers" && chmod 755 "$work" "$work/peers"
  (cd "$work/peers" && npm install --ignore-scripts --silent --no-audit --no-fund >/dev/null 2>&1)
  (cd "$work/peers" && ./start_pg.sh >/dev/null)
  node=$work/peers/node_modules/node/bin/node
  [ -x "$node" ] || node=node
  trap 'runuser -u postgres -- /usr/lib/postgresql/15/bin/pg_ctl -D "$work/peers/pg/data" -m immediate stop >/dev/null 2>&1; rm -rf "$work"' EXIT
  for engine in graphile boss boss-batch; do (cd "$work/peers" && timeout 300 "$node" bench.mjs $engine "$due" "$future" | grep -E "drain|check"); done
  (cd "$work/peers" && timeout 300 ./bench_sql.sh "$due" "$future" 2>/dev/null | grep -E "two_phase|one_phase" || true)
  psql -q -h 127.0.0.1 -p 54329 -U bench -d postgres -c 'create database onward' >/dev/null
  echo "== onward on PostgreSQL"
  "$bench" --postgres "postgres://bench@127.0.0.1:54329/onward" --due "$due" --future "$future" 2>/dev/null
fi
echo "== onward on SQLite (WAL, synchronous=FULL)"
"$bench" --sqlite "$work/sqlite" --due "$due" --future "$future" 2>/dev/null
