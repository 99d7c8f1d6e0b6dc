#!/bin/bash
# fetch-asterisk.sh 16|22: unpacks a runnable Asterisk from Debian's own packages into the cache and prints its folder.
# No root, no chroot: a package list of its own beside the machine's, then download and unpack. Nothing is installed.
# 16 comes from bullseye, 22 from sid; both start through their own suite's loader and libraries.
set -euo pipefail

version=${1:-}
case $version in
  16) suite=bullseye extra=asterisk-voicemail ;;
  22) suite=sid extra= ;; # voicemail is part of asterisk-modules here
  *) echo "usage: fetch-asterisk.sh 16|22" >&2; exit 2 ;;
esac

here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dialhook
# A changed script makes a new tree.
tree=$cache/asterisk-$version-$(sha256sum "$here/fetch-asterisk.sh" | cut -c1-12)
fail() { echo "fetch-asterisk $version: $*" >&2; exit 1; }

[ -x "$tree/usr/sbin/asterisk" ] && { echo "$tree"; exit 0; }
mkdir -p "$cache"
exec 9>"$cache/asterisk-$version.lock"
flock -w 600 9 || fail "another run has held $cache/asterisk-$version.lock for ten minutes"
[ -x "$tree/usr/sbin/asterisk" ] && { echo "$tree"; exit 0; }

rm -rf "$cache/asterisk-$version-"*.draft
draft=$tree.draft
apt=$tree.draft/.apt
trap 'rm -rf "$draft"' EXIT
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/deb" "$apt/none"
: > "$apt/status"

# The mirror this machine itself uses, as its own apt names it.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | sort -u | head -n 1 || true)
[ -n "$mirror" ] || fail "apt-get indextargets names no mirror: this machine has no Debian package source"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" > "$apt/sources.list"
options=(
  -o "Dir::Etc::sourcelist=$apt/sources.list" -o "Dir::Etc::sourceparts=$apt/none"
  -o "Dir::State=$apt" -o "Dir::State::status=$apt/status" -o "Dir::State::lists=$apt/lists"
  -o "Dir::Cache=$apt" -o "Dir::Cache::archives=$apt/archives"
  -o "Dir::Etc::preferences=$apt/none/none" -o "Dir::Etc::preferencesparts=$apt/none"
  -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3 -o Debug::NoLocking=1
  -o APT::Update::Error-Mode=any
)
apt-get "${options[@]}" -qq update >&2 || fail "the package list of $suite cannot be read from this machine's mirror"

found=$(apt-cache "${options[@]}" policy asterisk | sed -n 's/^  Candidate: //p')
[[ $found =~ ^([0-9]+:)?$version\. ]] || fail "$suite has Asterisk '${found:-none}', and $version is wanted"

# Package names of libraries change with their versions, so they are taken from what Asterisk depends on, by stem:
# those of the program and the modules the lab loads, a tenth of everything that the package may need.
programs="asterisk asterisk-config asterisk-modules asterisk-core-sounds-en-gsm $extra"
closure=$(apt-cache "${options[@]}" depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
  --no-enhances $programs | grep -E '^[a-z0-9]' | sort -u)
stems='lib(bsd|c|cap|crypt|edit|gcc-s|gsm|jansson|md|sqlite3-|ssl|stdc\+\+|systemd|tinfo|uriparser|uuid|xml2|xslt|zstd|gcrypt|gpg-error|icu|lz4-|lzma)[-0-9.]*(t64)?|zlib1g'
unpack() {
  (cd "$apt/deb" && apt-get "${options[@]}" -qq download "$@" >&2) || fail "the packages of $suite cannot be downloaded: $*"
  for deb in "$apt"/deb/*.deb; do dpkg -x "$deb" "$draft"; done
}

# The lab starts the program this way too (scripts/lab/asterisk.ts): with the suite's own loader, never the machine's.
libraries() { find "$draft" -name 'libc.so.6' -printf '%h\n' | sort -u | head -n 1; }
missing() {
  local loader lib
  loader=$(find "$draft" \( -name 'ld-linux*.so.*' -o -name 'ld-2.*.so' \) -type f | head -n 1)
  [ -n "$loader" ] || fail "the packages of $suite brought no loader"
  lib=$(libraries)
  local path="$lib:$draft/usr/lib/$(basename "$lib"):$draft/usr/lib"
  for module in "$draft/usr/sbin/asterisk" $(find "$draft" -name 'res_pjsip*.so' -o -name 'chan_pjsip.so' -o -name 'res_rtp_asterisk.so' -o -name 'app_voicemail.so'); do
    "$loader" --library-path "$path" --list "$module" 2>/dev/null | grep 'not found' || true
  done | sort -u
}

unpack $programs $(grep -xE "$stems" <<<"$closure")
if [ -n "$(missing)" ]; then
  # A library moved to a package with another name: take every library Asterisk depends on.
  unpack $(grep -E '^(lib|zlib)' <<<"$closure" | while read -r p; do
    apt-cache "${options[@]}" policy "$p" | grep -q 'Candidate: [0-9]' && echo "$p"; done)
  rest=$(missing)
  [ -z "$rest" ] || fail "these libraries are in no package that Asterisk $found depends on: $rest"
fi
(cd "$apt/deb" && ls) > "$draft/packages.txt"
# What the sounds' package does when it is installed: its folder is the language that Asterisk asks for.
ln -s en_US_f_Allison "$draft/usr/share/asterisk/sounds/en"
rm -rf "$apt" "$draft"/usr/share/{doc,man,locale,lintian}
mv -T "$draft" "$tree"
# Trees of older scripts, which another checkout may still use for a while.
find "$cache" -maxdepth 1 -name "asterisk-$version-*" ! -path "$tree" -type d -mtime +30 -exec rm -rf {} +
echo "$tree"
