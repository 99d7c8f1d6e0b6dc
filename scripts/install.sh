#!/bin/bash
# install.sh DESTDIR PREFIX: puts the built Dialhook into DESTDIR PREFIX/lib/dialhook with a link in bin. Called by "make
# install" after the build. Replaces the program as a whole, never a configuration, a data folder or a unit file you changed.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# = 2 ] || { echo "usage: install.sh DESTDIR PREFIX" >&2; exit 2; }
root=$1$2
home=$root/lib/dialhook
[ -f dist/src/main.js ] || { echo "dist/src/main.js is not there: run make build" >&2; exit 1; }

draft=$home.new
rm -rf "$draft"
install -d "$draft" "$root/bin"
cp package.json package-lock.json .npmrc "$draft/"
for part in dist views public sql dialplan docs; do [ ! -e "$part" ] || cp -r "$part" "$draft/"; done
install -m 644 LICENSE* README* "$draft/" 2>/dev/null || true
install -m 644 scripts/dialhook.service scripts/dialhook-backup.service scripts/dialhook-backup.timer "$draft/"

# The packages that running needs, none of those that building and testing need.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dialhook
(cd "$draft" && npm ci --omit=dev --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error --cache "$cache/npm")

cat > "$draft/dialhook" <<'SH'
#!/bin/sh
# Started through a link in bin: the program stands beside this file.
here=$(dirname "$(readlink -f "$0")")
exec node "$here/dist/src/main.js" "$@"
SH
chmod 755 "$draft/dialhook"
chmod -R a+rX "$draft"

rm -rf "$home.old"
[ ! -e "$home" ] || mv "$home" "$home.old"
mv "$draft" "$home"
rm -rf "$home.old"
ln -sfn ../lib/dialhook/dialhook "$root/bin/dialhook"
echo "installed to $home; try: $2/bin/dialhook --help"
echo "on the host of a FreePBX or an Asterisk: $2/bin/dialhook freepbx install --dry-run"
echo "for systemd alone: cp $2/lib/dialhook/dialhook.service /etc/systemd/system/ (it says how to set up the user)"
