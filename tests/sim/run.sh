#!/usr/bin/env bash
# The simulator as a test: tests/sim/run.sh [SEEDS] [INTERLEAVINGS]; the last line is `N passed, N failed`.
# One test a seed (90 days, 20 contacts, every kind of fault; every tenth without faults), one a piece of interleavings, and
# one that the same seed ends in the same state. Two processes side by side; the failed ones say how to replay them.
set -euo pipefail

seeds=${1:-200}
interleavings=${2:-100000}
sim=${ONWARD_SIM:-build/onward-sim}
pieces=10
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck disable=SC2317  # called by xargs
one() {
  local kind=$1 n=$2 out="$work/$1-$2"
  local command
  case $kind in
    seed)
      local faults=all
      if [ $((n % 10)) -eq 0 ]; then faults=none; fi
      command=("$sim" --seed "$n" --days 90 --contacts 20 --faults "$faults")
      ;;
    race) command=("$sim" --seed "$n" --interleave $((interleavings / pieces))) ;;
    same) command=("$sim" --seed "$n" --days 30 --contacts 10 --faults all) ;;
  esac
  if ! timeout 600 "${command[@]}" >"$out" 2>&1; then
    { echo "${command[*]}" && tail -n 5 "$out"; } >"$out.failed"
    return 0
  fi
  if [ "$kind" = same ]; then
    "${command[@]}" >"$out.again" 2>&1 || true
    cmp -s "$out" "$out.again" || echo "${command[*]}: two runs differ" >"$out.failed"
  fi
}
export -f one
export work sim interleavings pieces

{
  seq 1 "$seeds" | sed 's/^/seed /'
  seq 1 "$pieces" | sed 's/^/race /'
  echo same 1
} | xargs -P 2 -L 1 bash -c 'one "$@"' one

total=$((seeds + pieces + 1))
failed=$(find "$work" -name '*.failed' | wc -l)
find "$work" -name '*.failed' -exec cat {} +
echo "$((total - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
