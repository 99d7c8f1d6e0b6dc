#!/bin/sh
# Has this Asterisk read its dialplan anew: run by AGI() of dialhook-lists.conf when the server has written the lists. It takes no
# argument and reads nothing of what AGI sends: nobody can make it do anything else. AGI() names the configuration's folder.
exec >/dev/null 2>&1 </dev/null
exec /usr/sbin/asterisk -C "${AST_CONFIG_DIR:-/etc/asterisk}/asterisk.conf" -rx 'dialplan reload'
