#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# ImageMagick, through update-alternatives as Debian has it, and tesseract: alone and wrapped they end alike.

load same

setup_file() {
	PATH=/usr/bin:/bin
	mkdir "$BATS_FILE_TMPDIR/fixture"
	cd "$BATS_FILE_TMPDIR/fixture"
	convert -size 320x240 gradient:red-blue -strip a.png
	convert a.png -quality 80 a.jpg
	convert a.png -resize 50% b.png
	convert a.png a.gif
	convert a.png -compress lzw a.tif
	convert a.png a.webp
	convert -size 2000x1500 plasma:fractal big.jpg
	convert -delay 10 a.png b.png a.png -loop 0 anim.gif
	convert -background white -fill black -size 900x200 -pointsize 60 -gravity center 'label:Hello sbx 2009' text.png
	echo 'no picture' >not.png
	head -c 4000 big.jpg >cut.jpg
	echo older >old.jpg
	mkdir sub
}

more_setup() {
	FIXTURE=$BATS_FILE_TMPDIR/fixture
	PATH=/usr/bin:/bin
	# a PNG holds the time it was made and the file's own times
	PNG=(-strip -define 'png:exclude-chunks=date,time')
}

@test "convert: what is written is of the format that is named, or nothing is" {
	local ending
	for ending in sgi ras fits wbmp hdr pict sun vips uil art xwd; do
		same convert b.png "new.$ending"
	done
	same_status 1 convert a.jpg new.pdf
	same_status 1 convert a.jpg new.eps
}

@test "convert and ffmpeg: numbered inputs, and what isn't one of them" {
	FIXTURE=$WORK/numbered
	mkdir -p "$FIXTURE"
	for n in 01 02 03; do convert -size 32x32 "xc:rgb($n,0,0)" "${PNG[@]}" "$FIXTURE/f$n.png"; done
	same_status 0 convert 'f%02d.png[1-3]' -append "${PNG[@]}" out.png
	same_status 0 ffmpeg -v error -nostdin -i f%02d.png -f framecrc -
	ln -s f01.png "$FIXTURE/f04.png"
	cd "$FIXTURE"
	run "$SBX" --dry-run ffmpeg -i f%02d.png -f null -
	expect_line "$FIXTURE/f03.png"
	expect_no_line "$FIXTURE/f04.png"
	run "$SBX" --dry-run ffmpeg -i f01.png -f null -
	expect_no_line "$FIXTURE/f03.png"
}

@test "convert: operations and formats" {
	same_status 0 convert a.jpg -resize 50% -quality 70 out.jpg
	same_status 0 convert a.png "${PNG[@]}" -rotate 90 -crop 100x100+10+10 +repage sub/out.png
	same_status 0 convert a.jpg -resize 20% out.gif
	same_status 0 convert a.gif -colorspace gray out.tif
	same_status 0 convert a.png out.webp
	same_status 0 convert a.webp out.bmp
	same_status 0 convert a.png -depth 8 out.ppm
	same_status 0 convert a.tif -resize 64x64 out.ico
	same_status 0 convert big.jpg -blur 0x3 -thumbnail 300x200 thumb.jpg
	same_status 0 convert a.jpg -background white -fill black -gravity south -annotate 0 'text' out.jpg
	same_status 0 convert -size 100x100 xc:red out.jpg
	same_status 0 convert a.jpg b.png -append out.jpg
}

@test "convert: names: a coder, a frame, parts, standard input and output, an old output" {
	same_status 0 convert a.jpg old.jpg
	same_status 0 convert a.png jpg:named-otherwise
	same_status 0 convert jpeg:a.jpg gif:out
	same_status 0 convert 'anim.gif[0]' first.jpg
	same_status 0 convert anim.gif frame.jpg
	same_status 0 convert anim.gif sub/frame-%02d.jpg
	same_status 0 convert a.jpg gif:-
	SAME_STDIN=$FIXTURE/a.jpg same_status 0 convert - -resize 10% gif:-
}

@test "convert: errors" {
	same_status 1 convert not.png out.jpg
	same_status 1 convert absent.png out.jpg
	same convert cut.jpg out.jpg
	same_status 1 convert a.png absent/out.jpg
	same_status 1 convert a.png -nonsense out.jpg
}

@test "composite, montage, compare" {
	same_status 0 composite -gravity center b.png a.jpg out.jpg
	same_status 0 montage -geometry 50x50+2+2 a.jpg b.png a.gif out.jpg
	same_status 1 compare -metric AE a.png a.jpg out.gif
}

@test "identify: facts, formats, errors" {
	SAME_FILTER='s, [0-9.]+u [0-9:.]+$,,' same_status 0 identify a.png a.jpg a.gif a.tif a.webp
	same_status 0 identify -format '%w %h %m\n' anim.gif
	SAME_FILTER='/(User time|Elapsed time|Pixels per second|Version|date:)/d' same_status 0 identify -verbose a.jpg
	same_status 1 identify not.png
}

@test "mogrify: replaces its operands, or writes another format beside them" {
	same_status 0 mogrify -resize 50% a.jpg
	same_status 0 mogrify -rotate 90 a.jpg big.jpg
	same_status 0 mogrify -format gif a.jpg
	same_status 0 mogrify -path sub -resize 10% a.jpg
	same_status 0 mogrify -format jpg anim.gif
	same_status 1 mogrify -resize 50% not.png
}

@test "magick: what convert does, and the other programs by its first argument" {
	command -v magick >/dev/null || skip "this is ImageMagick 6"
	same_status 0 magick a.jpg -resize 50% -quality 70 out.jpg
	same_status 0 magick a.png jpg:named-otherwise
	same_status 0 magick anim.gif sub/frame-%02d.jpg
	same_status 1 magick not.png out.jpg
	same_status 0 magick composite -gravity center b.png a.jpg out.jpg
	same_status 0 magick montage -geometry 50x50+2+2 a.jpg b.png a.gif out.jpg
	same_status 0 magick identify -format '%w %h %m\n' anim.gif
	same_status 0 magick mogrify -rotate 90 a.jpg big.jpg
	same_status 0 magick mogrify -format gif a.jpg
	same_status 0 magick mogrify -path sub -resize 10% a.jpg
	cd "$FIXTURE"
	run "$SBX" --dry-run magick identify a.png
	expect_line '^# profile identify$'
}

@test "tesseract: text, formats, standard output, errors" {
	SAME_FILTER='/^Estimating resolution/d' same_status 0 tesseract text.png out
	SAME_FILTER='/^Estimating resolution/d' same_status 0 tesseract text.png sub/out --psm 7 hocr
	SAME_FILTER='/^Estimating resolution/d' same_status 0 tesseract text.png out -l eng tsv txt
	SAME_FILTER='/^Estimating resolution/d' same_status 0 tesseract text.png stdout
	grep -q Hello "$WORK/plain.out"
	same_status 0 tesseract --list-langs
	same_status 1 tesseract not.png out
	same_status 1 tesseract absent.png out
	same_status 1 tesseract text.png out -l nonsense
}
