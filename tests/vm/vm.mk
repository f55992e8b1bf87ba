# Tests elsewhere, for the Makefile to include: on another release, on other kernels, on another architecture.

test-trixie: ## run the tests on Debian 13, in a tree that is made and kept below ~/.cache (root)
	@bash tests/vm/tree --keep test trixie env TESTS='$(TESTS)' make -j2 test

# KERNELS, INIT, SCOPE and JOBS choose: tests/vm/matrix
test-vm: all tools ## run the confinement and limit suites in virtual machines: kernels of Debian, with and without systemd
	@SBX_BUILD='$(abspath $(BUILD))' KERNELS='$(KERNELS)' INIT='$(INIT)' SCOPE='$(SCOPE)' bash tests/vm/matrix

test-vm-ci: ## what of test-vm CI has the time for
	@$(MAKE) --no-print-directory test-vm SCOPE=ci

# sbx-policy, sbx-scope and sbx-relay are linked with the libraries of the root file system that they will run in
VM_ARM64 := $(abspath $(BUILD))/aarch64
VM_ARM64_NEEDS := config* seccomp* systemd* event* cap.* gcrypt* gpg-error* lz4* lzma* zstd*
VM_ARM64_LIB := $(VM_ARM64)/sysroot/usr/lib/aarch64-linux-gnu
test-vm-arm64: $(BUILD)/.deps-cross $(BUILD)/.deps-vm-arm64 ## build for aarch64, run the suites of the fences on one kernel
	@SBX_VM_ARCH=arm64 bash tests/vm/sysroot $(VM_ARM64)/sysroot \
		$(VM_ARM64_NEEDS:%='usr/lib/aarch64-linux-gnu/lib%') 'usr/include/libconfig*' 'usr/include/seccomp*' 'usr/include/systemd*'
	@$(MAKE) BUILD=$(VM_ARM64) CC='$(CROSS)-gcc -L$(VM_ARM64_LIB) -Wl,-rpath-link,$(VM_ARM64_LIB) -idirafter $(VM_ARM64)/sysroot/usr/include' \
		MUSL_CC=$(CROSS)-gcc CFLAGS='$(CFLAGS) -idirafter /usr/include' all tools
	@SBX_BUILD=$(VM_ARM64) SBX_VM_ARCH=arm64 KERNELS='$(KERNELS)' SCOPE=core bash tests/vm/matrix
