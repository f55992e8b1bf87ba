#!/bin/sh
# deps.sh build|test|tools-big|bench|lint|cross|vm-amd64|vm-arm64 -- install the Debian packages of one kind that are missing.
#
# Looks first and calls apt only for what isn't there, so that it works without root and without a network on a
# machine that has everything. Each list stands here and nowhere else.
set -eu

case ${1-} in
build) packages='gcc make binutils musl-tools libc6-dev linux-libc-dev libconfig-dev libseccomp-dev libsystemd-dev pkg-config' ;;
test) packages='libcmocka-dev bats python3-minimal python3 poppler-utils libbz2-1.0 libgcc-s1 unzip zip attr procps strace jq util-linux
	bsdutils libcap2-bin passwd binutils file zsh fish
	bsdextrautils patch perl git curl wget openssl
	bzip2 xz-utils zstd p7zip-full libimage-exiftool-perl sqlite3 pandoc
	libxml2-utils xsltproc ghostscript qpdf imagemagick tesseract-ocr fonts-dejavu-core' ;;
tools-big) packages='ffmpeg libreoffice-writer-nogui libreoffice-calc-nogui' ;; # each over 300 MB with what it needs
bench) packages='bubblewrap firejail gnuplot-nox util-linux python3-minimal poppler-utils unzip zip make gcc strace' ;;
lint) packages='cppcheck shellcheck mandoc git clang-format' ;;
vm-amd64) packages='qemu-system-x86 mmdebstrap debian-archive-keyring cpio util-linux e2fsprogs' ;;
vm-arm64) packages='qemu-system-arm mmdebstrap debian-archive-keyring cpio util-linux e2fsprogs' ;;
cross) packages='gcc-aarch64-linux-gnu libc6-dev-arm64-cross linux-libc-dev-arm64-cross' ;;
*)
	echo "usage: deps.sh build|test|tools-big|bench|lint|cross|vm-amd64|vm-arm64" >&2
	exit 2
	;;
esac

# npm also comes from elsewhere than Debian: any will do
if [ "$1" = test ] && ! command -v npm >/dev/null; then
	packages="$packages npm"
fi

if ! command -v dpkg-query >/dev/null; then
	echo "deps: not a Debian system; what is needed is: $packages" >&2
	exit 0
fi

missing=
for package in $packages; do
	state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || state=
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	sudo=
elif command -v sudo >/dev/null; then
	sudo=sudo
else
	echo "deps: missing packages; as root: apt-get install$missing" >&2
	[ "$1" != bench ] || exit 0 # what is missing there is left out and said
	exit 1
fi

echo "deps: installing$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086  # one word per package
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing
