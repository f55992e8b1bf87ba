#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# libreoffice, headless conversion: alone and wrapped it ends alike. Documents hold the time they were made, so that text is compared.

load ../same

setup_file() {
	PATH=/usr/bin:/bin
	mkdir "$BATS_FILE_TMPDIR/fixture"
	cd "$BATS_FILE_TMPDIR/fixture"
	printf '<html><body><h1>Title</h1><p>Some <b>bold</b> text.</p></body></html>\n' >in.html
	printf 'a,b,c\n1,2,3\n4,5,6\n' >in.csv
	mkdir out
	soffice --headless --convert-to odt in.html >/dev/null 2>&1
}

more_setup() {
	FIXTURE=$BATS_FILE_TMPDIR/fixture
	PATH=/usr/bin:/bin
	export SAME_FILTER='/^(Warning|warn:)/d'
}

@test "libreoffice: text and tables, into the current directory and another one" {
	same_status 0 libreoffice --headless --convert-to txt:Text in.odt
	same_status 0 libreoffice --headless --convert-to txt:Text --outdir out in.odt
	same_status 0 soffice --headless --convert-to csv --outdir out in.csv
}

@test "libreoffice: a PDF that says the same" {
	run_in_copy plain libreoffice --headless --convert-to pdf --outdir out in.odt
	pdftotext "$WORK/run/out/in.pdf" "$WORK/plain.txt"
	run_in_copy wrapped "$SBX" libreoffice --headless --convert-to pdf --outdir out in.odt
	pdftotext "$WORK/run/out/in.pdf" "$WORK/wrapped.txt"
	cmp "$WORK/plain.txt" "$WORK/wrapped.txt"
	cmp "$WORK/plain.status" "$WORK/wrapped.status"
	grep -q 'Some bold text' "$WORK/wrapped.txt"
}

@test "libreoffice: no other file and no network" {
	home_canary
	run_in_copy wrapped "$SBX" libreoffice --headless --convert-to txt:Text "$CANARY"
	! grep -rq 'the secret' "$WORK/run" || fail "the canary was read"
}
