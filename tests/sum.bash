# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sums of TAP logs, for whatever runs suites: what passed, failed and was skipped, and which skips are not permitted.

PERMITTED_SKIPS=$(dirname "${BASH_SOURCE[0]}")/permitted-skips

# Count a log into $passed, $failed, $skipped. What was planned and never reported counts as failed; so does, once, a run
# that broke without a `not ok`: whoever ran it adds a line `# the run ended with STATUS`.
sum_count() { # LOG
	local planned
	passed=$(grep -cE '^ok ' "$1")
	skipped=$(grep -ciE '^ok .*# skip' "$1")
	passed=$((passed - skipped))
	failed=$(grep -cE '^not ok ' "$1")
	planned=$(sed -nE 's/^1\.\.([0-9]+)$/\1/p' "$1" | awk '{ sum += $1 } END { print sum + 0 }')
	[ "$planned" -le $((passed + failed + skipped)) ] || failed=$((planned - passed - skipped))
	if [ "$failed" = 0 ] && grep -q '^# the run ended with' "$1"; then
		failed=1
	fi
}

# Print what is wrong with a log that was counted, each list under its title; the status says whether that is a failure:
# unlisted skips are one where CI=true.
sum_problems() { # LOG
	local status=0 unlisted
	unlisted=$(grep -iE '^ok .*# skip' "$1" | grep -vEf <(grep -vE '^(#|$)' "$PERMITTED_SKIPS"))
	if [ -n "$unlisted" ]; then
		printf '\nskips that tests/permitted-skips does not list:\n%s\n' "$unlisted"
		[ "${CI-}" != true ] || status=1
	fi
	if [ "$failed" != 0 ]; then
		printf '\nfailed:\n'
		grep -E '^not ok |^# the run ended with' "$1"
		status=1
	fi
	[ "$passed" -gt 0 ] || status=1
	return $status
}
