# SPDX-License-Identifier: MIT
# What is given to others: a tarball, a Debian package.

dist: ## make a tarball of what is committed
	@test -e .git || { echo 'dist: this tree has no .git: it is from a tarball' >&2; exit 1; }
	@mkdir -p $(BUILD) $(OR_ELSEWHERE)
	git archive --prefix=sbx-$(VERSION)/ -o $(BUILD)/sbx-$(VERSION).tar HEAD && gzip -nf $(BUILD)/sbx-$(VERSION).tar

deb: $(BUILD)/.deps-$(NEEDS_deb) ## make a Debian package, and have lintian check it; DEBFULLNAME and DEBEMAIL are its maintainer's
	sh conf/debian/build '$(abspath $(BUILD))/deb'
