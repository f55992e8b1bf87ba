#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pdftotext, pdftoppm, pdfinfo, qpdf and gs: alone and wrapped they end alike.

load same

setup_file() {
	PATH=/usr/bin:/bin
	mkdir "$BATS_FILE_TMPDIR/fixture"
	cd "$BATS_FILE_TMPDIR/fixture"
	cat >pages.ps <<-'END'
		%!PS
		/Helvetica findfont 24 scalefont setfont
		1 1 300 { /n exch def 100 700 moveto (Page ) show n 3 string cvs show 72 72 moveto 200 300 lineto stroke showpage } for
	END
	gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -o big.pdf pages.ps
	qpdf --deterministic-id big.pdf --pages . 1-3 -- three.pdf
	qpdf --static-id --encrypt '' owner 256 -- three.pdf locked.pdf
	head -c 700 three.pdf >cut.pdf
	echo 'no PDF at all' >not.pdf
	qpdf --static-id --allow-weak-crypto --encrypt key '' 40 -- three.pdf locked40.pdf
	echo owner >password
	for name in 1706.03762 A.Pdf capital.PDF noext; do cp three.pdf $name; done
	cp three.pdf 'a name; with $(odd) "parts".pdf'
	echo older >old.txt
	mkdir sub
}

more_setup() {
	FIXTURE=$BATS_FILE_TMPDIR/fixture
	PATH=/usr/bin:/bin
}

@test "pdftotext: names, pages, layouts, formats, standard output, an old output" {
	same_status 0 pdftotext three.pdf out.txt
	same_status 0 pdftotext three.pdf
	same_status 0 pdftotext three.pdf old.txt
	same_status 0 pdftotext -f 2 -l 3 -layout three.pdf sub/two.txt
	same_status 0 pdftotext -htmlmeta three.pdf page.html
	same_status 0 pdftotext -bbox -nopgbrk three.pdf boxes.html
	same_status 0 pdftotext -enc Latin1 -eol dos big.pdf -
	same_status 0 pdftotext 'a name; with $(odd) "parts".pdf'
	same_status 0 pdftotext -opw owner locked.pdf
	SAME_STDIN=$FIXTURE/three.pdf same_status 0 pdftotext - -
}

@test "pdftotext: the name of the text, as it makes it of names with another extension" {
	local name
	echo other >"$FIXTURE/1706.txt"
	for name in 1706.03762 A.Pdf capital.PDF noext; do same_status 0 pdftotext $name; done
	[ "$(cat run/1706.txt)" = other ]
}

@test "pdftotext: errors" {
	same_status 1 pdftotext not.pdf out.txt
	same_status 1 pdftotext absent.pdf out.txt
	same pdftotext cut.pdf out.txt
	same_status 1 pdftotext -nonsense three.pdf
	same_status 2 pdftotext three.pdf absent/out.txt
	same_status 0 pdftotext -v
}

@test "pdftoppm: one page or many, formats, sizes, an old output" {
	same_status 0 pdftoppm -r 30 three.pdf page
	same_status 0 pdftoppm -r 30 -png three.pdf sub/page
	same_status 0 pdftoppm -r 20 -jpeg -jpegopt quality=50 -f 10 -l 12 big.pdf p.v1
	same_status 0 pdftoppm -r 20 -tiff -f 1 -singlefile three.pdf cover
	same_status 0 pdftoppm -scale-to 100 -gray -f 300 big.pdf last
	same_status 0 pdftoppm -r 10 -png -f 2 -l 2 three.pdf
	touch "$FIXTURE/again-2.ppm"
	same_status 0 pdftoppm -r 10 three.pdf again
	same_status 1 pdftoppm not.pdf page
	same_status 99 pdftoppm -png three.pdf page more
}

@test "pdfinfo: facts, pages, errors" {
	same_status 0 pdfinfo three.pdf
	same_status 0 pdfinfo -f 1 -l 5 -box big.pdf
	same_status 0 pdfinfo -isodates -upw '' locked.pdf
	same_status 0 pdffonts three.pdf
	same_status 1 pdfinfo not.pdf
	same_status 1 pdfinfo absent.pdf
}

@test "qpdf: copies, pages, encryption, parts, checks, an old output" {
	same_status 0 qpdf --deterministic-id three.pdf out.pdf
	same_status 0 qpdf --deterministic-id --linearize big.pdf sub/out.pdf
	same_status 0 qpdf --deterministic-id three.pdf --pages . 1 big.pdf 100-110 -- joined.pdf
	same_status 0 qpdf --deterministic-id --split-pages three.pdf part.pdf
	same_status 0 qpdf --deterministic-id --split-pages=100 big.pdf sub/part-%d.pdf
	same_status 0 qpdf --static-id --allow-weak-crypto --encrypt '' secret 40 -- three.pdf shut.pdf
	same_status 0 qpdf --deterministic-id --password=owner --decrypt locked.pdf open.pdf
	same_status 0 qpdf --deterministic-id three.pdf locked.pdf
	same_status 0 qpdf --check three.pdf
	same_status 0 qpdf --show-npages big.pdf
	same_status 0 qpdf --qdf --static-id three.pdf -
	same_status 0 qpdf --json three.pdf
	same_status 2 qpdf not.pdf out.pdf
	same_status 2 qpdf three.pdf three.pdf
	same_status 2 qpdf three.pdf absent/out.pdf
}

@test "qpdf: the output in front of groups of options, and without an input" {
	same_status 0 qpdf --static-id three.pdf out.pdf --pages locked40.pdf --password=key 1 --
	same_status 0 qpdf --static-id three.pdf --pages . 2 locked40.pdf --password=key 1 -- out.pdf
	same_status 0 qpdf --static-id --allow-weak-crypto three.pdf out.pdf --encrypt '' secret 40 --
	same_status 0 qpdf --static-id --allow-weak-crypto -encrypt '' secret 40 -- three.pdf out.pdf
	same_status 0 qpdf --static-id three.pdf out.pdf --overlay big.pdf --to=1 --
	same_status 0 qpdf --static-id three.pdf out.pdf --add-attachment old.txt --creationdate=D:20200101000000 --moddate=D:20200101000000 --
	same_status 0 qpdf --static-id --empty out.pdf --pages three.pdf big.pdf 4-5 --
	same_status 0 qpdf --static-id --pages three.pdf 1 -- --empty out.pdf
	same_status 0 qpdf --static-id --split-pages three.pdf out.pdf --pages big.pdf 1-4 --
}

@test "qpdf: files that options name" {
	same_status 0 qpdf --static-id --password-file=password locked.pdf --decrypt out.pdf
	same_status 0 qpdf --static-id --allow-weak-crypto --copy-encryption=locked40.pdf --encryption-file-password=key three.pdf out.pdf
	same_status 0 qpdf --static-id --linearize --linearize-pass1=pass1.pdf three.pdf out.pdf
	same_status 0 qpdf --json-output --json-stream-data=file --json-stream-prefix=stream three.pdf out.json
	same_status 0 qpdf --json-output --json-stream-data=file three.pdf out.json
	echo --static-id >"$FIXTURE/arguments"
	same_status 0 qpdf @arguments three.pdf out.pdf
}

@test "qpdf --replace-input: its operand alone is replaced" {
	same_status 0 qpdf --static-id three.pdf --replace-input --linearize
	same_status 0 qpdf --static-id three.pdf --replace-input --pages big.pdf 7 --
	# it warns of a damaged file, and keeps it
	sed 's/startxref/startxfer/' "$FIXTURE/three.pdf" >"$FIXTURE/bad.pdf"
	same_status 3 qpdf --static-id --replace-input bad.pdf
	[ -e run/bad.pdf.~qpdf-orig ]
	same_status 0 qpdf --replace-input --deterministic-id --linearize three.pdf
	same_status 2 qpdf --replace-input not.pdf
}

@test "gs: pictures, text, PDF, standard output, errors" {
	local plain=(gs -q -dBATCH -dNOPAUSE)
	same_status 0 "${plain[@]}" -sDEVICE=png16m -r20 -o page%d.png three.pdf
	same_status 0 "${plain[@]}" -sDEVICE=jpeg -r30 -sOutputFile=sub/one.jpg -dLastPage=1 three.pdf
	same_status 0 "${plain[@]}" -sDEVICE=txtwrite -o out.txt big.pdf
	same_status 0 "${plain[@]}" -sDEVICE=txtwrite -o - three.pdf
	same_status 0 "${plain[@]}" -sDEVICE=pbmraw -r50 -o old.txt three.pdf
	same_status 0 "${plain[@]}" -sDEVICE=pdfwrite -dOmitInfoDate=true -dOmitID=true -dOmitXMP=true -o out.pdf pages.ps
	same_status 1 "${plain[@]}" -sDEVICE=png16m -o page.png not.pdf
	same_status 1 "${plain[@]}" -sDEVICE=nonsense -o page.png three.pdf
	same_status 0 "${plain[@]}" -sDEVICE=png16m -r20 -opage%03d.png three.pdf
	same_status 0 "${plain[@]}" -sDEVICE=txtwrite -sstdout=said.txt -oout.txt three.pdf
	echo '-dLastPage=1' >"$FIXTURE/arguments"
	same_status 0 "${plain[@]}" @arguments -sDEVICE=png16m -r20 -o out.png three.pdf
	SAME_STDIN=$FIXTURE/pages.ps same_status 0 "${plain[@]}" -sDEVICE=png16m -r5 -dLastPage=1 -o page.png -
}
