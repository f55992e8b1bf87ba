# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the suites of outputs share: a policy with one profile for each way of theirs, and a sibling that is not to be touched.

more_setup() {
	CONF=$BATS_TEST_TMPDIR/g.conf
	export CONF
	cat >"$CONF" <<-'END'
		profiles = {
			one = { args = { values = [ "-c" ]; outputs = [ "2" ]; inputs = [ "3..." ]; }; };
			any = { inherit = "one"; args = { outputs = [ "2#", "2#.{png}", "2+.*" ]; }; };
			copy = { inherit = "one"; args = { outputs = [ "1...", "1...+.*", "1...-.gz", "1...-.bz2", "1...-.xz" ]; out = "copy"; }; };
		};
	END
	chmod 600 "$CONF"
	echo sibling >sibling
	echo old >out
}

# The script runs as sh -c SCRIPT sh ARGUMENT..., so that $1 is the output
under() { # PROFILE SCRIPT ARGUMENT...
	local profile=$1 script=$2
	shift 2
	run "$SBX" -c "$CONF" -p "$profile" sh -c "$script" sh "$@"
}

# What could not be delivered is kept, and the run has said so
discard_kept() {
	expect_refused 'it is kept in \.sbx-kept-'
	rm -r .sbx-kept-*
}

clean() { # nothing of a stage is left, and the sibling is what it was
	[ -z "$(find . -name '.sbx-*')" ] || fail "there is: $(ls -A)"
	[ "$(cat sibling)" = sibling ]
}
