# SPDX-License-Identifier: BSD-3-Clause
# bash's builtins without a second process.
x=(3 1 2)
for i in "${x[@]}"; do echo $((i * i)); done
printf '%s\n' "${#x[@]}" "${x[*]:1}"
declare -A map=([one]=1 [two]=2)
echo "${map[two]}" "${BASH_VERSINFO[0]}" "${PATH//\//-}"
[[ abc =~ ^a(.)c$ ]] && echo "${BASH_REMATCH[1]}"
mapfile -t lines < "$0"
echo "${#lines[@]}"
trap 'echo left' EXIT
exit 9
