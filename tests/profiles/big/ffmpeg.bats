#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# ffmpeg and ffprobe: alone and wrapped they end alike.

load ../same

setup_file() {
	PATH=/usr/bin:/bin
	mkdir "$BATS_FILE_TMPDIR/fixture"
	cd "$BATS_FILE_TMPDIR/fixture"
	ffmpeg -v error -f lavfi -i testsrc=duration=3:size=320x240:rate=10 -f lavfi -i sine=duration=3 \
		-c:v libx264 -c:a aac -flags +bitexact -fflags +bitexact in.mp4
	ffmpeg -v error -i in.mp4 -vn -c:a libmp3lame sound.mp3
	printf '1\n00:00:00,000 --> 00:00:02,000\nHello\n' >in.srt
	echo 'no film' >not.mp4
	head -c 20000 in.mp4 >cut.mp4
	echo older >old.mp4
	mkdir sub
}

more_setup() {
	FIXTURE=$BATS_FILE_TMPDIR/fixture
	PATH=/usr/bin:/bin
	QUIET=(ffmpeg -v error -nostdin)
	export SAME_FILTER='s/ @ 0x[0-9a-f]+//' # where its objects lie
	EXACT=(-flags +bitexact -fflags +bitexact -threads 1)
}

@test "ffmpeg: transcodes between containers and codecs" {
	same_status 0 "${QUIET[@]}" -i in.mp4 -vf scale=160:120 -c:v libx264 "${EXACT[@]}" out.mp4
	same_status 0 "${QUIET[@]}" -i in.mp4 -c:v libvpx -b:v 200k -c:a libvorbis "${EXACT[@]}" out.webm
	same_status 0 "${QUIET[@]}" -i in.mp4 -c:v mpeg4 "${EXACT[@]}" sub/out.avi
	same_status 0 "${QUIET[@]}" -i in.mp4 -vn -c:a libmp3lame "${EXACT[@]}" out.mp3
	same_status 0 "${QUIET[@]}" -i sound.mp3 -ar 8000 -ac 1 "${EXACT[@]}" out.wav
	same_status 0 "${QUIET[@]}" -i in.mp4 -c copy "${EXACT[@]}" out.mkv
	same_status 0 "${QUIET[@]}" -ss 1 -t 1 -i in.mp4 -an "${EXACT[@]}" one.gif
	same_status 0 "${QUIET[@]}" -i in.mp4 -i in.srt -c copy -c:s mov_text "${EXACT[@]}" titled.mp4
	same_status 0 "${QUIET[@]}" -i in.mp4 "${EXACT[@]}" a.avi -vn "${EXACT[@]}" b.wav
}

@test "ffmpeg: many threads, numbered pictures, segments, standard output and input" {
	same_status 0 "${QUIET[@]}" -i in.mp4 -r 2 frame%03d.png
	same_status 0 "${QUIET[@]}" -i in.mp4 -frames:v 1 "${EXACT[@]}" cover.jpg
	same_status 0 "${QUIET[@]}" -i in.mp4 -f segment -segment_time 1 -c copy "${EXACT[@]}" part%d.ts
	same_status 0 "${QUIET[@]}" -i in.mp4 -f null -
	same_status 0 "${QUIET[@]}" -i in.mp4 -f wav "${EXACT[@]}" -
	SAME_STDIN=$FIXTURE/sound.mp3 same_status 0 ffmpeg -v error -i - "${EXACT[@]}" out.wav
	same_status 0 "${QUIET[@]}" -i in.mp4 -threads 4 -f framemd5 -
}

@test "ffmpeg: two passes, HLS, lists of segments, files that options name" {
	export SAME_FILTER='s/ @ 0x[0-9a-f]+//; /^[0-9a-f]{64}.*progress.txt/d'
	same_status 0 "${QUIET[@]}" -i in.mp4 -c:v libx264 -b:v 100k -pass 1 -an -f null "${EXACT[@]}" /dev/null
	cp run/ffmpeg2pass* "$FIXTURE"
	same_status 0 "${QUIET[@]}" -i in.mp4 -c:v libx264 -b:v 100k -pass 2 -an "${EXACT[@]}" out.mp4
	same_status 0 "${QUIET[@]}" -i in.mp4 -c:v libx264 -b:v 100k -pass 1 -passlogfile sub/log -an -f null "${EXACT[@]}" -
	same_status 0 "${QUIET[@]}" -i in.mp4 -c copy -f hls -hls_time 1 "${EXACT[@]}" out.m3u8
	same_status 0 "${QUIET[@]}" -i in.mp4 -c copy -hls_time 1 -hls_segment_filename 'sub/s%03d.ts' "${EXACT[@]}" out.m3u8
	same_status 0 "${QUIET[@]}" -i in.mp4 -c copy -hls_time 1 -hls_segment_type fmp4 "${EXACT[@]}" out.m3u8
	same_status 0 "${QUIET[@]}" -i in.mp4 -f segment -segment_time 1 -segment_list list.txt -c copy "${EXACT[@]}" part%d.ts
	same_status 0 "${QUIET[@]}" -progress progress.txt -i in.mp4 -c copy "${EXACT[@]}" out.mkv
}

@test "ffmpeg: an old output, with -y, with -n, and without either" {
	same_status 0 "${QUIET[@]}" -y -i in.mp4 -c copy "${EXACT[@]}" old.mp4
	same_status 1 "${QUIET[@]}" -n -i in.mp4 -c copy "${EXACT[@]}" old.mp4
	same_status 1 "${QUIET[@]}" -i in.mp4 -c copy "${EXACT[@]}" old.mp4
}

@test "ffmpeg: errors" {
	same_status 1 "${QUIET[@]}" -i not.mp4 out.mp4
	same_status 1 "${QUIET[@]}" -i absent.mp4 out.mp4
	same "${QUIET[@]}" -i cut.mp4 "${EXACT[@]}" out.avi
	same_status 1 "${QUIET[@]}" -i in.mp4 absent/out.mp4
	same_status 1 "${QUIET[@]}" -i in.mp4 -c:v nonsense out.mp4
	same_status 0 ffmpeg -version
}

@test "ffprobe: formats, streams, frames, errors" {
	same_status 0 ffprobe -v error -show_format -show_streams -of json in.mp4
	same_status 0 ffprobe -v error -show_entries frame=pts_time,pict_type -select_streams v -of csv in.mp4
	same_status 0 ffprobe -v error -count_frames -show_streams sound.mp3
	same_status 1 ffprobe -v error not.mp4
	same_status 1 ffprobe -v error absent.mp4
}
