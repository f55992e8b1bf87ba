# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the scripts of tests/vm share: where things are cached, and apt as the host is configured, in a root of its own.

VM=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TREE=$(cd "$VM/../.." && pwd)
VM_CACHE=${SBX_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sbx-vm}
VM_ARCH=${SBX_VM_ARCH:-amd64}
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
mkdir -p "$VM_CACHE"

die() {
	echo "${0##*/}: $*" >&2
	exit 99
}

# A directory beside the final one, for what is moved into place when it is whole; as $PARTIAL, removed at the end
partial() { # FINAL
	PARTIAL=$(mktemp -d "$1.XXXXXX") || die "no directory can be made beside $1"
	trap 'rm -rf "$PARTIAL"' EXIT
}

# One at a time makes what stands in the cache; the lock ends with the script
cache_lock() { # NAME
	exec 9>"$VM_CACHE/$1.lock"
	flock 9
}

# The archive that the host takes Debian's packages from: its URI; with `security`, that of the security updates
mirror() { # [security]
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Component: main' | awk -v kind="${1-main}" '
		{ is = $2 ~ /^[a-z]+-security$/ ? "security" : \
			$2 ~ /^((old)*stable|testing|unstable|sid|buster|bullseye|bookworm|trixie|forky|duke)$/ ? "main" : "" }
		is == kind { sub("/+$", "", $1); print $1; exit }'
}

# The lines of a sources.list for a suite: the archive, and its security updates where there are such
sources() { # SUITE
	local main security
	main=$(mirror)
	[ -n "$main" ] || die "apt here knows no Debian archive: sources.list decides where packages come from"
	security=$(mirror security)
	echo "deb [signed-by=$KEYRING] $main $1 main"
	case $1 in
	*-backports | sid) ;;
	*) [ -z "$security" ] || echo "deb [signed-by=$KEYRING] $security $1-security main" ;;
	esac
}

# How the host's apt gets at its archive (proxies, certificates), as options for another apt
host_apt_options() {
	apt-config dump | grep -E '^Acquire::[A-Za-z]+::.*"[^"]+";' | grep -viE '^Acquire::(Languages|Changelogs|IndexTargets)'
	echo 'Acquire::Languages "none";'
	echo 'Acquire::Retries "3";'
}

# Run one of apt's programs for a suite and $VM_ARCH, in a root of its own below the cache; lists are fetched once a day
suite_apt() { # SUITE PROGRAM ARG...
	local suite=$1 root=$VM_CACHE/apt/$1-$VM_ARCH
	shift
	mkdir -p "$root"/{etc,state/lists/partial,cache/archives/partial}
	: >>"$root/status"
	if [ ! -s "$root/apt.conf" ] || [ -n "$(find "$root/apt.conf" -mmin +1440)" ]; then
		sources "$suite" >"$root/etc/sources.list" || return
		cat >"$root/partial.conf" <<-OPTIONS
			Dir::Etc "$root/etc"; Dir::Etc::SourceParts "/dev/null"; Dir::Etc::Parts "/dev/null"; Dir::Etc::Main "/dev/null";
			Dir::State "$root/state"; Dir::State::status "$root/status"; Dir::Cache "$root/cache";
			APT::Architecture "$VM_ARCH"; APT::Architectures { "$VM_ARCH"; }; APT::Sandbox::User "root";
			$(host_apt_options)
		OPTIONS
		APT_CONFIG=$root/partial.conf apt-get -qq update >&2 || return
		mv "$root/partial.conf" "$root/apt.conf"
	fi
	APT_CONFIG=$root/apt.conf "$@"
}
