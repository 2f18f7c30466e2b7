# shellcheck shell=sh disable=SC2034,SC2154
# Owner, mode and kind of what the running host has at PATH..., absolute paths. Changes nothing.
describe "$@"
output passwd cat /etc/passwd
output group cat /etc/group
