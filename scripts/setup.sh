#!/bin/sh
# Makes the machine ready, and does nothing on a second call.
#   scripts/setup.sh run    .venv with the packages the service needs
#   scripts/setup.sh check  … and those its checks need
#   scripts/setup.sh test   … and Chromium and PostgreSQL
#   scripts/setup.sh bench  … and wrk
set -eu
cd "$(dirname "$0")/.."
what=${1:-run}
python=.venv/bin/python

say() { printf '%s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }

# Debian splits what a test needs into packages; root may fetch them, anybody else is told which.
need_debian() {
    why=$1
    shift
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        stop "$why Please install it (on Debian: apt-get install $*) and run this again."
    fi
    say "$why Installing: $*"
    export DEBIAN_FRONTEND=noninteractive
    if ! apt-get install -qq -y --no-install-recommends "$@" >/dev/null 2>&1; then
        apt-get update -qq >/dev/null
        apt-get install -qq -y --no-install-recommends "$@" >/dev/null || stop "apt-get could not install $*."
    fi
}

supported() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && supported "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
}

make_venv() {
    if [ -x $python ] && supported $python; then return; fi
    base=$(find_python)
    if [ -z "$base" ]; then
        need_debian "Python 3.11, 3.12 or 3.13 is needed." python3
        base=$(find_python)
        [ -n "$base" ] || stop "This system's Python is not 3.11, 3.12 or 3.13. Name one with PYTHON=/path/to/python3.12."
    fi
    # Debian ships Python without ensurepip, and its venv then fails half-way.
    "$base" -c 'import ensurepip, venv' 2>/dev/null || need_debian "Python's venv module is missing." python3-venv
    rm -rf .venv
    "$base" -m venv .venv
}

# The stamp names the lock file by its hash: a start with nothing new reads one line and runs no pip.
install() {
    lock=$1
    stamp=.venv/$(basename "$lock").installed
    wanted=$(sha256sum "$lock" | cut -d' ' -f1)
    if [ -r "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return; fi
    say "Installing the packages of $lock …"
    rm -f .venv/*.installed
    $python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$lock"
    printf '%s\n' "$wanted" >"$stamp"
    # The full set contains the small one.
    if [ "$lock" = requirements-dev.lock ]; then
        sha256sum requirements.lock | cut -d' ' -f1 >.venv/requirements.lock.installed
    fi
}

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
find_postgres() { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; }

# A linked .venv belongs to somebody else and is used as it is.
if [ ! -L .venv ]; then
    make_venv
    if [ "$what" = run ]; then install requirements.lock; else install requirements-dev.lock; fi
fi
if [ "$what" = test ] || [ "$what" = bench ]; then
    find_chromium >/dev/null 2>&1 || need_debian "The tests need Chromium." chromium
    find_postgres >/dev/null 2>&1 || need_debian "The tests need PostgreSQL's server programs." postgresql
fi
if [ "$what" = bench ]; then
    command -v wrk >/dev/null 2>&1 || need_debian "The bench needs wrk." wrk
fi
