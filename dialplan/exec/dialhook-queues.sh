#!/bin/sh
# Prints a section [N](+) with the settings Dialhook needs for each queue that exists at this very reload. In
# queues_post_custom.conf of FreePBX, with execincludes = yes in asterisk.conf:
#   #exec /bin/sh /etc/asterisk/dialhook/exec/dialhook-queues.sh /etc/asterisk
# A (+) for a queue that is not there makes Asterisk drop the rest of that file. So the queues are taken from the files that Asterisk
# has read before this one at the same reload, as queues.conf names them, not from FreePBX's database, which may be ahead of them.
# Further arguments are more settings: membergosub=my-context
# Asterisk takes what stands on standard error for configuration too, so nothing may.
exec 2>/dev/null
LC_ALL=C
export LC_ALL

etc=${1:-/etc/asterisk}
[ $# -gt 0 ] && shift
cd "$etc" || exit 0
settings='setinterfacevar=yes setqueuevar=yes setqueueentryvar=yes membergosub=dialhook-freepbx-member'
for more in "$@"; do
  case $more in
    *[!A-Za-z0-9_=.-]* | =* | *[!=]*=*=*) ;;
    *=*) settings="$settings $more" ;;
  esac
done

# The files before queues_post_custom.conf, in order; FreePBX's own where queues.conf can't be read.
files=$(awk '/^[ \t]*#include/ { name = $2; gsub(/["<>]/, "", name); if (name ~ /queues_post_custom/) exit; print name }' queues.conf)
[ -n "$files" ] || files='queues_additional.conf queues_custom.conf'
there=
for file in queues.conf $files; do
  [ "$file" = queues.conf ] && [ ! -r "$file" ] && continue
  [ -r "$file" ] && there="$there $file"
done
[ -n "$there" ] || exit 0

# A section counts that is neither a template, nor an addition, nor [general]; a name with anything but these letters is left alone.
# shellcheck disable=SC2086 # words on purpose: the names of the files, the settings
awk -v settings="$settings" '
  { sub(/\r$/, "") }
  /^[ \t]*\[[A-Za-z0-9_-]+\]/ {
    name = $0
    sub(/^[ \t]*\[/, "", name)
    rest = name
    sub(/\].*/, "", name)
    sub(/^[^\]]*\]/, "", rest)
    sub(/;.*/, "", rest)
    if (name == "general" || rest ~ /[!+]/ || name in seen) next
    seen[name] = 1
    print "[" name "](+)"
    n = split(settings, each, " ")
    for (i = 1; i <= n; i++) print each[i]
  }' $there
exit 0
