#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# npm install, ci and run, alone and under npm's profile, from packages that are files: there is no network.

load same

QUIET='--offline --no-audit --no-fund --no-update-notifier'
SAME_FILTER='s,(/_logs/).*,\1LOG,; s/in [0-9.]+m?s$/in TIME/; s/^(.*complete log of this run can be found in: ).*/\1LOG/'

more_setup() {
	export npm_config_update_notifier=false # it asks the registry for a newer npm, and says so once in a while
	mkdir -p "$FIXTURE/packages" "$FIXTURE/tool"
	cd "$FIXTURE" || return 1
	pack left '"main": "index.js"' 'module.exports = () => "left";'
	pack right '"main": "index.js", "dependencies": { }, "bin": { "say-right": "index.js" },
		"scripts": { "postinstall": "node -e \"require(\\\"fs\\\").writeFileSync(\\\"built.txt\\\", \\\"built\\\")\"" }' \
		'#!/usr/bin/env node
console.log("right", process.argv.slice(2).join());'
	echo '{ "name": "tool", "version": "0.1.0" }' >tool/package.json
	echo 'module.exports = 1;' >tool/index.js
	cat >package.json <<'END'
{
  "name": "project",
  "version": "1.0.0",
  "scripts": {
    "postinstall": "echo built >built.txt",
    "start": "node -p 'require(\"left\")()'",
    "test": "echo testing && say-right a b && false",
    "build": "mkdir -p dist && cp package.json dist/"
  },
  "dependencies": {
    "left": "file:packages/left-1.0.0.tgz",
    "right": "file:packages/right-1.0.0.tgz"
  }
}
END
	cd "$WORK" || return 1
}

# A package as npm publishes it: packages/NAME-1.0.0.tgz
pack() { # NAME FIELDS INDEX
	mkdir -p package
	printf '{ "name": "%s", "version": "1.0.0", %s }\n' "$1" "$2" >package/package.json
	echo "$3" >package/index.js
	chmod +x package/index.js
	tar czf "packages/$1-1.0.0.tgz" package
	rm -r package
}

lock() {
	# shellcheck disable=SC2086  # words
	(cd "$FIXTURE" && npm install $QUIET --package-lock-only >/dev/null)
}

@test "npm install: from tarballs, with scripts, then once more" {
	# shellcheck disable=SC2086
	same_status 0 npm install $QUIET --foreground-scripts
	[ "$(cat run/built.txt)" = built ] && [ -x run/node_modules/.bin/say-right ]
	rm -rf "$FIXTURE/node_modules"
	cp -a run/node_modules run/package-lock.json "$FIXTURE/"
	# shellcheck disable=SC2086
	same_status 0 npm install $QUIET ./tool
	same_status 0 npm ls --all
	same_status 0 npm start
	same_status 1 npm test
	same_status 0 npm run build --silent
	same_status 0 npx --offline say-right x
}

@test "npm ci: exactly what is locked; without a lock or with another one it fails" {
	lock
	# shellcheck disable=SC2086
	same_status 0 npm ci $QUIET
	# shellcheck disable=SC2086
	same_status 0 npm ci $QUIET --ignore-scripts --omit=dev
	sed -i 's/"right": .*/"right": "file:packages\/absent.tgz"/' "$FIXTURE/package.json"
	# shellcheck disable=SC2086
	same npm ci $QUIET
	[ "$(cat plain.status)" != 0 ]
	rm "$FIXTURE/package-lock.json"
	# shellcheck disable=SC2086
	same_status 1 npm ci $QUIET
}

@test "npm: a package that isn't there, a broken package.json" {
	# shellcheck disable=SC2086
	same_status 1 npm install $QUIET nowhere-to-be-found
	echo '{ "name": ' >"$FIXTURE/package.json"
	# shellcheck disable=SC2086
	same_status 1 npm install $QUIET
}
