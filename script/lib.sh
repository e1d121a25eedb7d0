# Shared by every script of this folder: sourced, never run. Moves to the root of the repository.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
me=script/$(basename "$0")

# The working directory is part of ccache's key unless it is told otherwise: these let a second clone hit the first one's cache.
export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=$root CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
export PYTHONDONTWRITEBYTECODE=1

say() { printf '%s\n' "$*" >&2; }
die() { say "$me: $*"; exit 1; }
usage() { say "usage: $*"; exit 2; }

# Configures the tree of a preset when it has never been, or when a -D option is given; from scratch when the tree was made
# for a repository that stood elsewhere.
configure() {
  local preset=$1 tree=$2
  shift 2
  if grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$tree/CMakeCache.txt"; then
    if [ -f "$tree/build.ninja" ] && [ "$#" -eq 0 ]; then return 0; fi
  else
    set -- --fresh "$@"
  fi
  mkdir -p "$tree"
  if ! cmake --preset "$preset" "$@" >"$tree/configure.log" 2>&1; then
    tail -n 30 "$tree/configure.log" >&2
    say "$me: cannot configure $tree (whole log: $tree/configure.log)."
    return 1
  fi
}

# Builds targets of a tree; silent when there is nothing to do, so that a second run costs only ninja's own check.
compile() {
  local tree=$1
  shift
  if [ -t 2 ]; then
    ninja -C "$tree" --quiet -j "$(nproc)" "$@" >&2 && return 0
  else
    ninja -C "$tree" -j "$(nproc)" "$@" >"$tree/build.log" 2>&1 && return 0
    grep -A 25 -m 3 -E '^FAILED:|error:' "$tree/build.log" >&2 || tail -n 30 "$tree/build.log" >&2
  fi
  say "$me: $tree does not build."
  return 1
}
