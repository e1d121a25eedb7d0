#!/usr/bin/env bash
# Shows that a bare Debian 12 is enough: makes one in a temporary folder, puts a clone of the last commit into it, and runs
# script/server there until it says that it is ready. Needs root and debootstrap, about 3 GB and some minutes.
#   tools/bare_debian.sh [--keep] [--demo]     --keep leaves the folder for a look around
# The packages come from the mirrors of this machine's own apt settings; the server listens on the loopback only.
set -euo pipefail
cd "$(dirname "$0")/.."

keep=no
flags=()
for argument in "$@"; do
  case $argument in
    --keep) keep=yes ;;
    --demo) flags+=(--demo) ;;
    *) echo "usage: tools/bare_debian.sh [--keep] [--demo]" >&2; exit 2 ;;
  esac
done
[ "$(id -u)" -eq 0 ] || { echo "tools/bare_debian.sh needs root." >&2; exit 1; }
command -v debootstrap >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends debootstrap >/dev/null

port=${PORT:-18080}
limit=${SECONDS_LIMIT:-1500}
shopt -s nullglob
sources=(/etc/apt/sources.lis[t] /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources)
mirror=$(cat /dev/null "${sources[@]}" |
  awk '/^URIs:/ {print $2} /^deb / {for (i = 2; i <= NF; i++) if ($i ~ /^http/) {print $i; break}}' | grep -m 1 -E '/debian/?$') || true
mirror=${mirror:-http://deb.debian.org/debian}
house=$(mktemp -d /var/tmp/bare-debian.XXXXXX)
chmod 755 "$house"
server=

leave() {
  if [ -n "$server" ]; then kill -- "-$server" 2>/dev/null || true; sleep 1; kill -KILL -- "-$server" 2>/dev/null || true; fi
  umount "$house/proc" 2>/dev/null || true
  if [ "$keep" = yes ]; then echo "left: $house" >&2; else rm -rf --one-file-system "$house"; fi
}
trap leave EXIT
trap 'exit 130' INT TERM

echo "debootstrap from $mirror into $house" >&2
debootstrap --variant=minbase --include=ca-certificates bookworm "$house" "$mirror" >"$house.log" 2>&1 ||
  { tail -n 20 "$house.log" >&2; exit 1; }
rm -f "$house.log"
# What a machine's owner would have set up before: where packages come from, names, and whom to trust on the way.
rm -f "$house/etc/apt/sources.list"
for file in "${sources[@]}"; do
  if grep -qE '/debian(-security)?/?( |$)' "$file"; then cp "$file" "$house/etc/apt/sources.list.d/"; fi
done
cp /etc/resolv.conf /etc/hosts "$house/etc/" 2>/dev/null || true
if ls /usr/local/share/ca-certificates/*.crt >/dev/null 2>&1; then
  cp /usr/local/share/ca-certificates/*.crt "$house/usr/local/share/ca-certificates/"
  chroot "$house" update-ca-certificates >/dev/null 2>&1
fi
git clone -q --no-hardlinks . "$house/root/onward"
mount -t proc proc "$house/proc"

inside=(env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8)
for name in http_proxy https_proxy no_proxy; do [ -z "${!name:-}" ] || inside+=("$name=${!name}"); done
if [ -n "$(find "$house/usr/local/share/ca-certificates" -name '*.crt')" ]; then  # Node trusts a list of its own
  inside+=(NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt)
fi

# Runs script/server inside until its ready line and prints how long that took; the caller stops it through $server.
start() {
  local said=$1 begin=$SECONDS
  : >"$said"
  setsid chroot "$house" "${inside[@]}" /root/onward/script/server --port "$port" "${flags[@]}" >"$said" 2>"$said.err" &
  server=$!
  until grep -q '^Onward is ready: ' "$said"; do
    if ! kill -0 "$server" 2>/dev/null; then
      tail -n 30 "$said.err" >&2
      echo "script/server ended before it was ready." >&2
      exit 1
    fi
    if [ $((SECONDS - begin)) -gt "$limit" ]; then
      tail -n 30 "$said.err" >&2
      echo "script/server was not ready within $limit s." >&2
      exit 1
    fi
    sleep 0.2
  done
  echo "ready after $((SECONDS - begin)) s: $(grep -m 1 '^Onward is ready: ' "$said")"
}
stop() {
  kill -- "-$server"
  wait "$server" 2>/dev/null || true
  server=
}
start "$house/first"
# One request over the loopback, with nothing but bash: the machine need not have curl.
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
head -n 1 <&3 | tee "$house/health"
exec 3>&-
grep -q '^HTTP/1.1 200' "$house/health" || { echo "/healthz did not answer 200." >&2; exit 1; }
stop
start "$house/second"
stop
echo "a bare Debian 12 is enough."
