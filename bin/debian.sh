# Installs the Debian packages that the tests need, when they are missing. Read by bin/test.

need_debian_packages() {
  missing=""
  need() { # need PACKAGE PROGRAM-OR-FILE
    command -v "$2" >/dev/null 2>&1 || [ -e "$2" ] || missing="$missing $1"
  }
  PATH="$PATH:/usr/sbin:/sbin"
  need chromium chromium
  need dovecot-imapd /usr/lib/dovecot/imap
  need postfix postfix
  need postgresql "$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | tail -n 1)"
  need nodejs node
  need gettext msgfmt
  need nginx-light nginx
  need caddy caddy
  need iproute2 ip
  need fonts-noto-core /usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf
  need fonts-liberation /usr/share/fonts/truetype/liberation
  # The same browser without a window, for half of the work: where it can't be had, the tests take Chromium itself.
  command -v chromium-headless-shell >/dev/null 2>&1 && quicker="" || quicker="chromium-headless-shell"
  [ -n "$missing$quicker" ] || return 0
  if [ -z "$missing" ] && { [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; }; then return 0; fi
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    fail "The tests need these Debian packages:$missing
Install them and start again: sudo apt-get install --no-install-recommends$missing"
  fi
  say "Installing$missing $quicker (only for the tests)"
  # Their services are not wanted, the tests start their own; and Postfix is to ask nothing.
  guard=/usr/sbin/policy-rc.d
  [ -e "$guard" ] && guard="" || { printf '#!/bin/sh\nexit 101\n' >"$guard" && chmod +x "$guard"; }
  printf 'postfix postfix/main_mailer_type select No configuration\n' | debconf-set-selections 2>/dev/null || true
  export DEBIAN_FRONTEND=noninteractive
  { timeout 180 apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } >/tmp/comity-apt.$$ 2>&1
  installed=$?
  [ -z "$quicker" ] || timeout 180 apt-get install -q -y --no-install-recommends $quicker >>/tmp/comity-apt.$$ 2>&1 || true
  [ -z "$guard" ] || rm -f "$guard"
  [ "$installed" = 0 ] || [ -z "$missing" ] || { tail -n 20 /tmp/comity-apt.$$ >&2; fail "apt-get could not install:$missing"; }
  rm -f /tmp/comity-apt.$$
}
