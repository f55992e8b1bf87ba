#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.sh KIND... -- install the Debian packages of these kinds that are missing.
#
# Looks first and calls apt only for what isn't there, so that it works without root and without a network on a
# machine that has everything. With NO_APT=1 it names what is missing and goes on. Each list is kept here and nowhere else;
# in a|b either will do, and a is installed.
set -eu

[ $# -gt 0 ] || set -- ''
kinds=$*
packages=
need() { packages="$packages $*"; }
for kind; do
	case $kind in
	build) need 'gcc make binutils musl-tools libc6-dev linux-libc-dev libconfig-dev libseccomp-dev libsystemd-dev libevent-dev pkg-config|pkgconf' ;;
	tour) need 'poppler-utils python3-minimal procps unzip' ;; # the small ones; `test` has the rest
	test) need 'libcmocka-dev bats python3-minimal python3 poppler-utils libbz2-1.0 libgcc-s1 unzip zip attr procps strace jq util-linux
		bsdutils libcap2-bin passwd binutils file zsh fish e2fsprogs btrfs-progs
		bsdextrautils patch perl git curl wget openssl iproute2
		bzip2 xz-utils zstd p7zip-full libimage-exiftool-perl sqlite3 pandoc
		libxml2-utils xsltproc ghostscript qpdf imagemagick tesseract-ocr fonts-dejavu-core
		rsync cpio m4 openssh-client gnupg webp pngquant optipng librsvg2-bin graphviz sox flac lame'
		command -v npm >/dev/null || need npm ;; # it also comes from elsewhere than Debian: any will do
	tools-big) need 'ffmpeg libreoffice-writer-nogui libreoffice-calc-nogui' ;; # each over 300 MB with what it needs
	bench) need 'bubblewrap firejail gnuplot-nox util-linux python3-minimal poppler-utils unzip zip make gcc strace' ;;
	deb) need 'build-essential dpkg-dev debhelper lintian' ;;
	lint) need 'cppcheck shellcheck mandoc git clang-format' ;;
	vm-amd64) need 'qemu-system-x86 mmdebstrap debian-archive-keyring cpio util-linux e2fsprogs' ;;
	vm-arm64) need 'qemu-system-arm mmdebstrap debian-archive-keyring cpio util-linux e2fsprogs' ;;
	tree) need 'mmdebstrap debian-archive-keyring util-linux' ;;
	cross) need 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross linux-libc-dev-arm64-cross' ;;
	*)
		echo "usage: deps.sh build|tour|test|tools-big|bench|deb|lint|cross|vm-amd64|vm-arm64|tree ..." >&2
		exit 2
		;;
	esac
done

if ! command -v dpkg-query >/dev/null; then
	echo "deps: not a Debian system; what is needed is:$packages" >&2
	exit 0
fi

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=
for package in $packages; do
	case " $missing " in *" ${package%|*} "*) continue ;; esac
	installed "${package%|*}" || installed "${package#*|}" || missing="$missing ${package%|*}"
done
[ -n "$missing" ] || exit 0

if [ -n "${NO_APT-}" ]; then
	echo "deps: NO_APT is set; not installed:$missing" >&2
	exit 0
fi

refuse() { # REASON
	echo "deps: $1" >&2
	echo "deps: install them as root, then run make again: apt-get update && apt-get install --no-install-recommends$missing" >&2
	echo "deps: or build with what is here: make NO_APT=1" >&2
	[ "$kinds" != bench ] || exit 0 # what is missing there is left out and said
	exit 1
}

as_root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || refuse "packages are missing, and sudo isn't installed"
	# it may ask for the password; what it says of a user who may not is its own
	sudo -l apt-get >/dev/null || refuse "packages are missing, and $(id -un) may not call apt-get by sudo"
	as_root=sudo
fi

echo "deps: installing$missing"
# Another apt may be at work: one of our own, or the machine's daily update. apt-get waits for dpkg's lock by itself, but not for
# that of the package lists.
tries=0
until said=$($as_root apt-get update -qq -o DPkg::Lock::Timeout=600 2>&1); do
	tries=$((tries + 1))
	case $said in *"Could not get lock"* | *"Unable to lock"*) ;; *) tries=600 ;; esac
	if [ $tries -ge 600 ]; then
		printf '%s\n' "$said" >&2
		refuse "apt-get update failed"
	fi
	[ $tries != 1 ] || echo "deps: waiting for another apt to end"
	sleep 1
done
# shellcheck disable=SC2086  # one word per package
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=600 $missing ||
	refuse "apt-get install failed"
