#!/bin/sh
# Make the virtual environment in $VENV and install the pinned packages. The Makefile calls it.
# $PYTHON names the interpreter; without it, the first one that is new enough is taken.
set -eu

fail() {
    echo "$1" >&2
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

if [ -n "${PYTHON:-}" ]; then
    is_new_enough "$PYTHON" ||
        fail "PYTHON=$PYTHON is no Python 3.11 or later: name one that is, such as PYTHON=python3.12."
    wanted=$("$PYTHON" -VV)
    [ "$("$BIN/python" -VV 2>/dev/null || true)" = "$wanted" ] || rm -rf "$VENV"
else
    for PYTHON in python3 python3.14 python3.13 python3.12 python3.11 python; do
        is_new_enough "$PYTHON" && break
        PYTHON=
    done
fi

if ! is_new_enough "$BIN/python" || ! "$BIN/python" -m pip --version >/dev/null 2>&1; then
    [ -n "$PYTHON" ] ||
        fail "No Python 3.11 or later is on the PATH: install one from python.org or with your system's packages."
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "This Python can't make virtual environments: on Debian and Ubuntu, run 'sudo apt install python3-venv'."
    echo "Making $VENV with $("$PYTHON" -V) and installing the pinned packages: a few minutes, once."
    "$PYTHON" -m venv --clear "$VENV"
fi
"$BIN/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
