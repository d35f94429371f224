#!/usr/bin/env bash
# Runs one fuzzer on its seed corpus for FUZZ_SECONDS (default 30) and leaves the corpus as it was.
set -euo pipefail
fuzzer=$1 corpus=$2
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir -p "$work/new"; [ -d "$corpus" ] || corpus="$work/new"
exec_args=(-max_total_time="${FUZZ_SECONDS:-30}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$work/")
# The fuzzer's own status: behind a pipe and `|| true` a crash would look like success.
status=0
"$fuzzer" "${exec_args[@]}" "$work/new" "$corpus" >"$work/log" 2>&1 || status=$?
grep -E 'ERROR|SUMMARY|stat::|panic' "$work/log" || true
exit "$status"
