#!/usr/bin/env bash
# 200 kills of the built server under load; a number for another count; "nodes": two nodes on one PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${ONWARD_BIN:=build/onward}"
: "${ONWARD_SINK:=$(dirname "$ONWARD_BIN")/onward-smtp-sink}"
export ONWARD_BIN ONWARD_SINK
if [ "${1:-}" = nodes ]; then exec /usr/bin/python3 tests/kill/nodes_test.py; fi
exec /usr/bin/python3 tests/kill/kill_test.py --kills "${1:-200}"
