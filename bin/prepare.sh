# Makes .venv and installs a lock file into it, only when the lock has changed. Read by the other scripts.

venv="$house/.venv"

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

find_python() {
  for candidate in ${COMITY_PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  fail "Comity needs Python 3.11 or newer, which was not found. On Debian: apt-get install python3 python3-venv"
}

make_venv() {
  python=$(find_python)
  "$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "Python's venv is missing ($("$python" --version)). On Debian: apt-get install python3-venv"
  say "Making .venv with $("$python" --version)"
  "$python" -m venv "$venv" || fail "The folder .venv could not be made in $house."
}

# prepare_venv LOCK: LOCK is base, postgres or dev; what dev holds serves for the others too.
prepare_venv() {
  if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then # never made, half made, or its Python is gone
    rm -rf "$venv"
    make_venv
  fi
  lock="$house/requirements/$1.txt"
  sum=$(cksum <"$lock")
  if [ "$(cat "$venv/.locked-$1" 2>/dev/null)" != "$sum" ] && ! covered "$1"; then
    total=$(grep -c '^[A-Za-z]' "$lock")
    say "Installing up to $total packages, as locked in requirements/$1.txt (a minute or two the first time)"
    "$venv/bin/python" -m pip install --disable-pip-version-check --require-hashes --progress-bar on \
      -r "$lock" 2>&1 | show_progress "$total" ||
      fail "The packages could not be installed; pip's reason stands above."
    printf '%s\n' "$sum" >"$venv/.locked-$1"
  fi
  # The program runs from src, so that a pull needs no installation.
  site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  [ "$(cat "$site/comity.pth" 2>/dev/null)" = "$house/src" ] || printf '%s\n' "$house/src" >"$site/comity.pth"
}

covered() {
  [ "$1" != dev ] && [ "$(cat "$venv/.locked-dev" 2>/dev/null)" = "$(cksum <"$house/requirements/dev.txt")" ]
}

# Turns pip's many lines into one that counts, on a terminal; its errors are shown as they are.
show_progress() {
  [ -t 1 ] && terminal=1 || terminal=0
  awk -v total="$1" -v terminal="$terminal" '
    function show(text) {
      if (terminal) { printf "\r  %-70.70s", text } else { print "  " text }
      fflush()
    }
    /^Collecting / {
      done++
      if (terminal || done % 10 == 1) show("fetching " done " of " total ": " $2)
      next
    }
    /^Installing collected/ { show("unpacking them"); next }
    /^ERROR|^error:|^ *(Expected|Got) / { print (terminal ? "\n" : "") $0; fflush() }
    END { if (terminal) print "" }
  '
}
