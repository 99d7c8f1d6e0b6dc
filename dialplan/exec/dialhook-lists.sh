#!/bin/sh
# Prints the lists of Dialhook (black list, VIPs, routes) as dialplan. In extensions.conf, with execincludes = yes in asterisk.conf:
#   #exec /bin/sh /etc/asterisk/dialhook/exec/dialhook-lists.sh /var/spool/dialhook/lists.conf
# The server writes the file (DIALHOOK_LISTS_FILE). Each line must have a form in which nothing but a list can be said: whoever can
# write that file can not write dialplan. A text that is cut short or has another line is not taken, and the one before it is.
# Asterisk takes what stands on standard error for configuration too, so nothing may.
exec 2>/dev/null
LC_ALL=C
export LC_ALL

form='^(\[dialhook-list-(black|vip|routes|version)\]'
form="$form|exten => [0-9]{1,32},1,Return\\((refused|[0-9]{1,4}|[A-Za-z0-9_-]{1,79},[A-Za-z0-9_*#+.-]{1,79},[0-9]{1,4}"
form="$form|\\\$\\{IF\\(\\\$\\[\\\$\\{EPOCH\\} < [0-9]{1,12}\\]\\?refused:ok\\)\\})\\)"
form="$form|exten => [0-9a-f]{16},1,Return\\(1\\)"
form="$form|; end [0-9]{1,8})\$"

for file in "$1" "$1.last"; do
  # Not a pipe: reading one would hold up Asterisk's reload for ever.
  { [ -f "$file" ] && [ -r "$file" ]; } || continue
  # Read once: what is looked at is what is printed.
  text=$(head -c 16777216 "$file")
  lines=$(printf '%s\n' "$text" | grep -c '')
  [ "${text##*
}" = "; end $((lines - 1))" ] || continue
  printf '%s\n' "$text" | grep -qvE "$form" && continue
  printf '%s\n' "$text"
  exit 0
done
echo '; dialhook: no lists yet'
