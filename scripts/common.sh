# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the scripts share; sourced, never run. Sets `root`, `venv` and, once asked for, the Swift toolchain's PATH.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck disable=SC2034 # for the scripts that source this
venv=${PAIL_VENV:-$root/.venv}
# The oldest compiler that builds Pail without warnings.
swift_needed=6.3

say() { printf '%s\n' "$*"; }

# One line on standard error, then the end.
fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Puts a Swift toolchain on the PATH, or fails with what to do.
find_swift() {
  local directory version
  if ! command -v swift >/dev/null; then
    for directory in /opt/swift/usr/bin /usr/local/swift/usr/bin "$HOME/.local/share/swiftly/bin" "$HOME/.swiftly/bin" \
      "$HOME"/.local/share/swiftly/toolchains/*/usr/bin; do
      if [[ -x $directory/swift ]]; then
        PATH=$directory:$PATH
        break
      fi
    done
  fi
  command -v swift >/dev/null ||
    fail "no Swift toolchain found: install Swift $swift_needed from https://www.swift.org/install/linux or put it on the PATH"
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1 || true)
  [[ -n $version ]] || fail "$(command -v swift) does not tell its version: is the toolchain complete?"
  [[ $(printf '%s\n%s\n' "$swift_needed" "$version" | sort -V | head -n 1) == "$swift_needed" ]] ||
    fail "Swift $version is too old: Pail needs $swift_needed or newer (https://www.swift.org/install/linux)"
}
