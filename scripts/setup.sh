#!/bin/bash
# setup.sh [node] [mariadb] [chromium] [asterisk | asterisk22]: gets this machine ready to build, run and test Dialhook;
# all parts unless some are named. Says what it installs and how long each part took; what is there already takes no time.
# A part that cannot be had (no root, no network) is named and left out, but for node, without which nothing works.
set -uo pipefail
cd "$(dirname "$0")/.."
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dialhook
mkdir -p "$cache"
# Two runs at once would install over each other.
exec 8> "$cache/setup.lock"
flock -w 1200 8 || { echo "setup: another one has held $cache/setup.lock for twenty minutes" >&2; exit 1; }
log=$(mktemp "$cache/setup.XXXXXX")
trap 'rm -f "$log"' EXIT
missing=0

seconds() { date +%s.%N; }
say() { # part, what was done, start
  printf 'setup: %-9s %s (%.1f s)\n' "$1" "$2" "$(echo "$(seconds) $3" | awk '{ print $1 - $2 }')"
}
lacks() { # part, why
  printf 'setup: %-9s MISSING: %s\n' "$1" "$2" >&2
  # Where this machine gets its packages is its own business.
  sed -E 's#https?://[^/ ]+#…#g; s/^/    /' "$log" | head -n 20 >&2
  missing=1
}

# ---- Debian packages: installed when a file of theirs is not there
install() { # part, file, package…
  local part=$1 file=$2 start; shift 2; start=$(seconds)
  if [ -e "$file" ]; then say "$part" "is there" "$start"; return; fi
  if [ "$(id -u)" != 0 ]; then lacks "$part" "$file is not here; as root: apt-get install $*"; return; fi
  local apt=(apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o APT::Update::Error-Mode=any)
  local put=(env DEBIAN_FRONTEND=noninteractive "${apt[@]}" -y -qq install --no-install-recommends "$@")
  # A fresh machine has no package list, an old one has a list of versions that are gone: both need one update.
  if ! "${put[@]}" > "$log" 2>&1; then
    if ! { "${apt[@]}" -qq update && "${put[@]}"; } > "$log" 2>&1; then lacks "$part" "apt-get cannot install $*"; return; fi
  fi
  say "$part" "installed $*" "$start"
}

mariadb() {
  install mariadb /usr/sbin/mariadbd mariadb-server-core mariadb-client-core
  install mariadb /usr/bin/mariadb-dump mariadb-client
  # A cluster of three nodes; without it the tests of the cluster are left out.
  install mariadb /usr/lib/galera/libgalera_smm.so galera-4
}
chromium() { install chromium /usr/bin/chromium chromium fonts-liberation; }

# ---- Asterisk, unpacked into the cache, all versions at once
asterisk() { # version…
  local start version; start=$(seconds)
  for version in "$@"; do
    scripts/fetch-asterisk.sh "$version" > "$log.$version" 2>&1 &
    eval "local job_$version=$!"
  done
  for version in "$@"; do
    local job=job_$version
    if wait "${!job}"; then say asterisk "$version in $(tail -n 1 "$log.$version")" "$start"
    else mv "$log.$version" "$log"; lacks asterisk "$version cannot be unpacked"; fi
    rm -f "$log.$version"
  done
}

# ---- npm packages: exactly those of package-lock.json
node() {
  local start; start=$(seconds)
  if ! command node scripts/node-check.mjs version; then exit 1; fi
  if command node scripts/node-check.mjs modules 2> "$log"; then say node "npm packages are there" "$start"; return; fi
  local why; why=$(cat "$log")
  # No scripts of packages: nothing we use needs one, and a download by one would not get through everywhere.
  local options=(--ignore-scripts --prefer-offline --no-audit --no-fund --cache "$cache/npm")
  if ! npm ci "${options[@]}" > "$log" 2>&1; then
    # npm ci refuses a lock file that lacks another platform's optional package; install takes it, versions and all.
    echo "setup: node      npm ci refused; trying npm install"
    if ! npm install --no-save "${options[@]}" >> "$log" 2>&1; then lacks node "the npm packages cannot be installed"; exit 1; fi
  fi
  if ! command node scripts/node-check.mjs modules 2> "$log"; then lacks node "npm ci left something out"; exit 1; fi
  say node "installed the npm packages of package-lock.json ($why)" "$start"
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(node mariadb chromium asterisk)
all=$(seconds)
for part in "${parts[@]}"; do
  case $part in
    node | mariadb | chromium) "$part" ;;
    asterisk) asterisk 22 16 ;;
    asterisk22) asterisk 22 ;;
    *) echo "usage: setup.sh [node] [mariadb] [chromium] [asterisk | asterisk22]" >&2; exit 2 ;;
  esac
done
if [ $missing = 0 ]; then say all "ready" "$all"; else say all "done, but what is MISSING above leaves out the tests that need it" "$all"; fi
