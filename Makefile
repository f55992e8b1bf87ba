# SPDX-License-Identifier: MIT
# One Makefile for everything, not recursive. `make` builds, `make test` proves, `make tour` shows, `make help` lists.
#
# Five programs out of one tree, each with its own flags and object directory: sbx-wrap (static, musl), libsbx-shim.so
# (freestanding), the others (glibc). Sources are listed, never globbed. tests/tools/deps.sh installs packages that are missing.

VERSION := $(firstword $(file <VERSION))
# What may be set on make's command line, and what it is otherwise; `make help` shows these lines.
#   BUILD=build           where everything is built
#   NO_APT=1              never call apt: name the packages that are missing, and go on
#   PREFIX=/usr/local     where install puts everything but sbx.conf; without root: PREFIX=$HOME/.local
#   BINDIR=PREFIX/bin     the programs
#   LIBDIR=PREFIX/lib     the shim, in LIBDIR/sbx
#   MANDIR=PREFIX/share/man
#   SYSCONFDIR=/etc       where sbx.conf is installed, and read
#   DESTDIR=              put in front of all these by install
#   CFLAGS='-O2 -g'       the compiler's, CPPFLAGS the preprocessor's and LDFLAGS the linker's: what the programs depend on is added
BUILD ?= build
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
MANDIR ?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
DESTDIR ?=

# LD_PRELOAD splits its value at spaces and colons: the shim can't be where one is. make(1) splits at spaces as well.
COLON := :
ONE_WORD = $(if $(filter-out 0 1,$(words $($1))),$(error $1 must be one word, without spaces))
$(foreach dir,BUILD PREFIX BINDIR LIBDIR MANDIR SYSCONFDIR,$(call ONE_WORD,$(dir)))

ifeq ($(origin CC),default)
CC := gcc
endif
MUSL_CC ?= musl-gcc
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
MULTIARCH = $(shell $(CC) -print-multiarch)

# ---- sources: one list per program -------------------------------------------------------------------------------

LOADER_SRC := loader/main.c \
	$(addprefix loader/base/,caller.c channel.c clock.c directory.c escape.c fds.c inherited.c interrupt.c json.c memory.c mounts.c passwd.c path.c path_index.c path_resolve.c proc_status.c rate.c read_text.c say.c sticky.c vec.c write_some.c) \
	$(addprefix loader/cli/,cwd.c error_messages.c option_take.c options.c timing.c) \
	$(addprefix loader/policy/,best_effort.c command_trust.c config_sources.c elf_interp.c env_command.c exec_target.c nested.c policy_cache.c policy_find.c policy_fresh.c profile_match.c programs.c sanitized.c) \
	$(addprefix loader/argv/,argv_parse.c designation.c output_names.c) \
	$(addprefix loader/plan/,hide_protected.c landlock_rules.c mount_aliases.c pin_protected.c places.c plan.c plan_print.c precedence.c private_sizes.c protected_paths.c replaced.c rules_around.c) \
	$(addprefix loader/output/,file_copy.c file_state.c output_commit.c output_designate.c output_entry.c output_grants.c output_leftovers.c output_meet.c output_move.c output_place.c output_report.c private_leftovers.c private_report.c quota.c stage.c stage_entries.c tree_links.c tree_remove.c) \
	$(addprefix loader/grants/,grant_arguments.c grant_inputs.c grant_options.c grant_tree.c grant_way.c path_options.c) \
	$(addprefix loader/guard/,git_config.c git_repository.c guard_aside.c guard_finish.c guard_look.c guard_plan.c guard_record.c guard_report.c) \
	$(addprefix loader/root/,private_root.c privs.c skeleton.c userns.c) \
	$(addprefix loader/limits/,cgroup.c cgroup_leave.c io_device.c limits.c limits_table.c limits_take.c rlimits.c space.c systemd_scope.c usage.c) \
	$(addprefix loader/seccomp/,bpf_run.c inherited_answer.c inherited_filter.c seccomp_listener.c seccomp_notify.c) \
	loader/net/relay.c $(addprefix loader/run/,ack.c announce.c clone.c end.c environment.c child_reports.c kept.c latch_setup.c network.c private_spaces.c reaper.c signals.c spawn.c status.c streams.c terminal.c wait.c) \
	shim/blob.c shim/control.c shim/edit_distance.c shim/err.c shim/fail.c shim/glob.c shim/guard.c shim/home.c shim/host_entry.c shim/landlock.c shim/path_text.c shim/plain.c \
	shim/protected.c shim/seccomp.c shim/secrets.c shim/shell_word.c shim/trust.c shim/walk.c

SHIM_SRC := shim/enter.c shim/alone.c shim/children.c shim/control.c shim/environ.c shim/fail.c shim/blob.c shim/err.c shim/glob.c shim/host_entry.c \
	shim/landlock.c shim/path_text.c shim/plain.c shim/seccomp.c shim/string.c shim/trust.c

CONF_SRC := \
	$(addprefix conf/base/,did_you_mean.c errors.c hash_set.c pool.c say.c) \
	$(addprefix conf/bpf/,bpf_diagram.c bpf_dispatch.c bpf_layout.c bpf_shrink.c bpf_walk.c) \
	$(addprefix conf/seccomp/,arg_rules.c bpf_tree.c filter_compile.c ioctl_filter.c ioctl_requests.c \
		syscall_groups.c) \
	$(addprefix conf/config/,amounts.c argument_forms.c builtin_files.c config_parse.c config_sources.c config_values.c file_trust.c host_values.c policy.c policy_keys.c seccomp_values.c profile_match.c user_paths.c) \
	$(addprefix conf/compile/,allowed_calls.c base_config.c base_grants.c blob_emit.c blob_store.c child_latches.c compile.c key_needs.c landlock_rights.c landlock_rules.c layer_filters.c network.c notify_filters.c path_grants.c path_walk.c policy_conflicts.c policy_draft.c policy_emit.c preload.c private_files.c private_root.c profile_widens.c protected_paths.c standalone_latch.c) \
	$(addprefix conf/commands/,commands.c doctor.c doctor_config.c dry_run.c kept.c kept_list.c kept_tree.c kernel_probe.c link.c policy_diff.c policy_print.c sbx-policy.c) \
	shim/blob.c shim/control.c shim/edit_distance.c shim/err.c shim/glob.c shim/guard.c shim/home.c shim/host_entry.c shim/landlock.c shim/path_text.c shim/plain.c \
	shim/protected.c shim/secrets.c shim/shell_word.c shim/trust.c shim/walk.c
CONF_EMBED := conf/sbx.conf $(sort $(wildcard conf/profiles/*.conf))

SCOPE_SRC := loader/limits/sbx-scope.c

include loader/net/relay.mk # RELAY_*

# Unit tests, by the archives they are linked with. tests/unit/NAME.c, one cmocka program each: add its name to one line.
UNIT_CONF := test_conf_parse test_secrets test_conf_inherit test_conf_rights test_conf_bpf test_conf_filters test_conf_compile \
	test_conf_grants test_conf_match test_conf_store test_conf_children test_conf_amount test_conf_shrink test_conf_shrink_any test_host_entry test_relay
UNIT_BOTH := test_bpf # conf, and the loader's interpreter of what conf compiles
UNIT_LOADER := test_blob test_control test_guard test_inherited test_loader test_output_names test_path_index test_plain test_stage
UNIT := $(UNIT_CONF) $(UNIT_BOTH) $(UNIT_LOADER)

# Fuzzers, tests/fuzz/NAME.c with driver.c: instrumented, a fixed number of inputs in `make test`.
FUZZ := fuzz_args fuzz_blob fuzz_config fuzz_options fuzz_relay fuzz_target

# Programs that the bats suites run: tests/tools/NAME.c, each a file of its own. hostile.c is built in several ways.
TOOLS := syscalls fsops effects netprobe exploit state nolandlock late flood
TOOLS_HOSTILE := hostile hostile-ifunc hostile-preinit

# Fault injection, tests/fault/NAME.c: what injects, and the target
FAULT := inject report

# ---- flags -------------------------------------------------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wconversion
ifneq ($(filter true 1,$(CI) $(WERROR)),)
WARN += -Werror
endif
# The same programs wherever they are built
BASE_FLAGS = -std=gnu11 $(WARN) -D_GNU_SOURCE -I. -I$(BUILD)/generated $(CPPFLAGS) \
	-ffile-prefix-map='$(CURDIR)/$(BUILD)=build' -ffile-prefix-map='$(abspath $(BUILD))=build' -ffile-prefix-map='$(CURDIR)=.'
DEP_FLAGS = -MMD -MP -MT $@ -MF $(@:.o=).d.new

HARDEN = -fstack-protector-strong $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,-D_FORTIFY_SOURCE=2)
# LDFLAGS first: where they differ, what the programs depend on holds
RELRO = $(LDFLAGS) -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack

# Objects come in kinds, one folder each: musl for sbx-wrap, free for the shim, glibc for sbx-policy, san and cov for tests
CC_musl = $(MUSL_CC)
FLAGS_musl = $(BASE_FLAGS) $(CFLAGS) -Os -fno-pie -fstack-protector-strong -ffunction-sections -fdata-sections \
	-fno-exceptions -fno-lto -fno-asynchronous-unwind-tables -idirafter /usr/include -idirafter /usr/include/$(MULTIARCH)
# In a static program nothing protects what RELRO sets apart, and it is one page more
LOADER_LINK = $(LDFLAGS) -static -no-pie -Wl,--gc-sections,-z,noseparate-code,-z,norelro,-z,noexecstack

FLAGS_free = $(BASE_FLAGS) $(CFLAGS) -Os -ffreestanding -fPIC -fvisibility=hidden -fno-stack-protector \
	-fno-exceptions -fno-lto -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -ffunction-sections -fdata-sections
# Few mappings, and none whose protection changes: in what every wrapped program maps they cost more than all of its work
SHIM_LINK = $(LDFLAGS) -shared -nostdlib -Wl,-z,initfirst -Wl,-z,defs -Wl,-z,norelro,-z,noseparate-code,-z,now,-z,noexecstack -Wl,--hash-style=gnu -Wl,--build-id=none \
	-Wl,--gc-sections -Wl,-soname,libsbx-shim.so

CONF_LIBS := libconfig libseccomp
CONF_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(CONF_LIBS))
CONF_LDLIBS = $(shell $(PKG_CONFIG) --libs $(CONF_LIBS))
SCOPE_LIBS := libsystemd
SCOPE_FLAGS = $(BASE_FLAGS) $(CFLAGS) $(HARDEN) -fPIE
SCOPE_LINK = -pie $(RELRO)

FLAGS_glibc = $(BASE_FLAGS) $(CFLAGS) $(HARDEN) -fPIE -fno-lto $(CONF_CFLAGS)
LINK_glibc = -pie $(RELRO)
LINK_san := -fsanitize=address,undefined
FLAGS_san = $(BASE_FLAGS) -g -O1 $(LINK_san) -fno-sanitize-recover=all $(CONF_CFLAGS)
LINK_cov := --coverage
FLAGS_cov = $(BASE_FLAGS) -g -O0 $(LINK_cov) $(CONF_CFLAGS)
TOOL_FLAGS = $(BASE_FLAGS) $(CFLAGS)
TOOL_CC = $(CC) $(TOOL_FLAGS)
HOSTILE := -fno-stack-protector -fno-pie

# ---- objects -----------------------------------------------------------------------------------------------------

LOADER_OBJ := $(LOADER_SRC:%.c=$(BUILD)/musl/%.o)
SHIM_OBJ := $(SHIM_SRC:%.c=$(BUILD)/free/%.o)
CONF_OBJ := $(CONF_SRC:%.c=$(BUILD)/glibc/%.o)
LIBLOADER_SRC := $(filter-out loader/main.c,$(LOADER_SRC))
LIBCONF_SRC := $(filter-out conf/commands/sbx-policy.c,$(CONF_SRC))
KINDS := glibc san cov
KINDS_SRC := $(sort $(LOADER_SRC) $(CONF_SRC) $(RELAY_SRC)) $(UNIT:%=tests/unit/%.c) $(FUZZ:%=tests/fuzz/%.c) tests/fuzz/driver.c
UNIT_BIN := $(UNIT:%=$(BUILD)/unit/%)
FUZZ_BIN := $(FUZZ:%=$(BUILD)/fuzz/%)
TOOL_BIN := $(addprefix $(BUILD)/tools/,$(TOOLS) $(TOOLS_HOSTILE) exploit-musl liblate.so libnss_sbxtest.so.2)
FAULT_BIN := $(FAULT:%=$(BUILD)/fault/%)

PROGRAMS := $(BUILD)/sbx-wrap $(BUILD)/libsbx-shim.so $(BUILD)/sbx-policy $(BUILD)/sbx-scope $(BUILD)/sbx-relay

# Where each shell looks for completions, below PREFIX/share; made out of the programs' own tables.
COMPLETIONS := bash-completion/completions/sbx-wrap bash-completion/completions/sbx-policy \
	zsh/site-functions/_sbx-wrap zsh/site-functions/_sbx-policy \
	fish/vendor_completions.d/sbx-wrap.fish fish/vendor_completions.d/sbx-policy.fish
COMPLETION_FILES := $(COMPLETIONS:%=$(BUILD)/share/%)

.PHONY: all deps dist deb install uninstall unit fuzz tools test fault mutate asan coverage test-tools-big test-trixie test-vm test-vm-ci test-vm-arm64 bench lint format tour cross cross-objects clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAMS) $(COMPLETION_FILES) $(BUILD)/share/sbx.conf ## build the programs

help: ## list the targets
	@awk -F':.*## ' '/^[a-z0-9_.-]+:.*## /{printf "  %-21s %s\n", $$1, $$2}' $(filter %Makefile %.mk,$(MAKEFILE_LIST))
	@sed -n 's/^#   \([A-Z_]*=\)/  \1/p' Makefile

# ---- dependencies: a marker, so that it costs nothing once all is there --------------------------------------------

# One at a time, however many jobs make runs. Without apt there is no marker: a later make looks again.
WITHOUT_APT := $(filter-out 0,$(NO_APT))
OR_ELSEWHERE := || { echo 'make: BUILD=DIRECTORY builds elsewhere than in $(BUILD)' >&2; exit 1; }
$(BUILD)/.deps-%: tests/tools/deps.sh
	@mkdir -p $(@D) $(OR_ELSEWHERE)
	@$(if $(filter $*,$(GOALS_KINDS)),:,NO_APT='$(WITHOUT_APT)' flock $(BUILD)/.deps.lock sh tests/tools/deps.sh $(subst +, ,$*))
	@$(if $(WITHOUT_APT),:,touch $@)

# All that a goal needs is asked for at once, before a part of it is
NEEDS_deps := build+test+lint
NEEDS_test := build+test
NEEDS_tour := build+tour
NEEDS_deb := build+deb
GOALS_NEED := $(sort $(foreach goal,$(MAKECMDGOALS),$(NEEDS_$(goal))))
GOALS_KINDS := $(sort $(subst +, ,$(GOALS_NEED)))
$(GOALS_KINDS:%=$(BUILD)/.deps-%): | $(GOALS_NEED:%=$(BUILD)/.deps-%)

deps: $(BUILD)/.deps-$(NEEDS_deps) ## install the Debian packages that are missing

# ---- the build id: what the policy cache is keyed on. Only sources that name it are rebuilt when it changes --------

ID_SOURCES := $(sort $(wildcard $(LOADER_SRC) $(SHIM_SRC) $(CONF_SRC) $(SCOPE_SRC) $(RELAY_SRC) $(CONF_EMBED) shim/*.h loader/*/*.h conf/*/*.h)) Makefile
BUILD_ID := $(shell cat $(ID_SOURCES) | sha256sum | cut -c1-16)
ID_USERS := $(shell grep -lsE '\bSBX_(BUILD_ID|VERSION|LIB_DIR|CONF_FILE|CONF_DIR)\b' $(LOADER_SRC) $(CONF_SRC))
# From sbx-wrap's directory to the shim's
LIB_DIR := $(shell realpath -ms --relative-to='$(BINDIR)' '$(LIBDIR)/sbx')/
ID_FLAGS := -DSBX_VERSION='"$(VERSION)"' -DSBX_BUILD_ID='"$(BUILD_ID)"' -DSBX_LIB_DIR='"$(LIB_DIR)"' \
	-DSBX_SYSCONFDIR='"$(SYSCONFDIR)"'
ID_OBJ := $(foreach dir,musl $(KINDS),$(ID_USERS:%.c=$(BUILD)/$(dir)/%.o))

$(BUILD)/.id: FORCE
	@mkdir -p $(@D) $(OR_ELSEWHERE)
	@id='$(VERSION) $(BUILD_ID) $(LIB_DIR) $(SYSCONFDIR)'; echo "$$id" | cmp -s - $@ || echo "$$id" >$@ $(OR_ELSEWHERE)
.PHONY: FORCE # by name: .SECONDARY alone makes a missing file no reason to run a recipe

$(ID_OBJ): $(BUILD)/.id
$(ID_OBJ): ID := $(ID_FLAGS)

# ---- compile and link ----------------------------------------------------------------------------------------------

# A file gets its name when it is whole: what a full disk or a kill leaves, the next make doesn't take for good. The list of what an
# object depends on comes first: without it, an old object would seem new.
NEW = $(@:.o=).new
WHOLE = mv -f $(NEW) $@
WHOLE_WITH_DEPS = mv -f $(@:.o=).d.new $(@:.o=).d && $(WHOLE)

define objects # KIND
$(BUILD)/$1/%.o: %.c Makefile | $(BUILD)/.deps-build
	@mkdir -p $$(@D)
	$$(or $$(CC_$1),$$(CC)) $$(FLAGS_$1) $$(DEP_FLAGS) $$(ID) -c -o $$(NEW) $$<
	@$$(WHOLE_WITH_DEPS)
endef
$(foreach kind,musl free $(KINDS),$(eval $(call objects,$(kind))))

# What is embedded by .incbin: a line for each file, written anew where one has come or gone.
BUILTIN_FILES := $(BUILD)/generated/builtin_files.inc
$(BUILTIN_FILES): FORCE
	@mkdir -p $(@D)
	@lines=$$(printf '%s\n' $(CONF_EMBED) | awk '{ name = $$0; sub(/^conf\//, "", name); \
		print "BUILTIN(sbx_builtin_" NR ", \"" $$0 "\", \"" name "\")" }') && \
		echo "$$lines" | cmp -s - $@ || echo "$$lines" >$@
$(KINDS:%=$(BUILD)/%/conf/config/builtin_files.o): $(BUILTIN_FILES) $(CONF_EMBED)

$(BUILD)/sbx-wrap: $(LOADER_OBJ)
	$(MUSL_CC) $(LOADER_LINK) -o $@.new $^ && $(WHOLE)

$(BUILD)/libsbx-shim.so: $(SHIM_OBJ)
	$(CC) $(SHIM_LINK) -o $@.new $^ && $(WHOLE)

$(BUILD)/sbx-policy: $(CONF_OBJ)
	$(CC) $(LINK_glibc) -o $@.new $^ $(CONF_LDLIBS) && $(WHOLE)

# Asked when it is to be built: libsystemd may have been installed meanwhile
$(BUILD)/sbx-scope: $(SCOPE_SRC) Makefile | $(BUILD)/.deps-build
	if ! $(PKG_CONFIG) --exists $(SCOPE_LIBS); then \
		echo 'sbx-scope is left out, as pkg-config finds no $(SCOPE_LIBS): no scope of systemd will hold limits' >&2; \
	else \
		$(CC) $(SCOPE_FLAGS) $(DEP_FLAGS) $$($(PKG_CONFIG) --cflags $(SCOPE_LIBS)) -o $@.new $< \
			$(SCOPE_LINK) $$($(PKG_CONFIG) --libs $(SCOPE_LIBS)) && $(WHOLE_WITH_DEPS); \
	fi

$(BUILD)/.help-%: $(BUILD)/sbx-%
	@$(BUILD)/sbx-$* --help >$@.new && $(WHOLE)
$(BUILD)/.keys: $(BUILD)/sbx-policy
	@$< keys >$@.new && $(WHOLE)

SHELL_OF = $(patsubst bash-completion,bash,$(firstword $(subst /, ,$(@:$(BUILD)/share/%=%))))
$(COMPLETION_FILES): conf/completions.awk $(BUILD)/.help-wrap $(BUILD)/.help-policy $(BUILD)/.keys
	@mkdir -p $(@D)
	awk -v shell=$(SHELL_OF) -v program=$(basename $(@F:_%=%)) -f $^ >$@.new && $(WHOLE)

# What is installed as /etc/sbx.conf: every key commented out, so that the defaults stay those of the programs
$(BUILD)/share/sbx.conf: conf/skeleton.awk conf/sbx.conf
	@mkdir -p $(@D)
	awk -f $^ >$@.new && $(WHOLE)

# ---- tests ---------------------------------------------------------------------------------------------------------

# Unit tests and fuzzers of one kind
define tests # KIND, and where in $(BUILD) its unit tests and its fuzzers belong
$(UNIT:%=$(BUILD)/$1/tests/unit/%.o): | $(BUILD)/.deps-test
$(UNIT_CONF:%=$(BUILD)/$2/%) $(UNIT_BOTH:%=$(BUILD)/$2/%): $(BUILD)/$1/libconf.a
$(UNIT_LOADER:%=$(BUILD)/$2/%) $(UNIT_BOTH:%=$(BUILD)/$2/%): $(BUILD)/$1/libloader.a
$(BUILD)/$2/%: $(BUILD)/$1/tests/unit/%.o $(BUILD)/$1/librelay.a
	@mkdir -p $$(@D)
	$$(CC) $$(LINK_$1) $$(UNIT_LINK) -o $$@.new $$^ $$(CONF_LDLIBS) -lresolv -lcmocka && $$(WHOLE)

$(BUILD)/$3/%: $(BUILD)/$1/tests/fuzz/%.o $(BUILD)/$1/tests/fuzz/driver.o $(BUILD)/$1/librelay.a $(BUILD)/$1/libloader.a $(BUILD)/$1/libconf.a
	@mkdir -p $$(@D)
	$$(CC) $$(LINK_$1) -Wl,--wrap=sbx_alloc -o $$@.new $$^ $$(CONF_LDLIBS) -lresolv && $$(WHOLE)

$(BUILD)/$1/librelay.a: $(LIBRELAY_SRC:%.c=$(BUILD)/$1/%.o)
$(BUILD)/$1/libloader.a: $(LIBLOADER_SRC:%.c=$(BUILD)/$1/%.o)
$(BUILD)/$1/libconf.a: $(LIBCONF_SRC:%.c=$(BUILD)/$1/%.o)
endef
%/test_conf_shrink: UNIT_LINK := -Wl,--wrap=sbx_bpf_shrink
$(eval $(call tests,glibc,unit,glibc/fuzz))
$(eval $(call tests,san,san/unit,fuzz))
$(eval $(call tests,cov,cov/unit,cov/fuzz))

$(BUILD)/san/sbx-policy: $(BUILD)/san/conf/commands/sbx-policy.o $(BUILD)/san/libconf.a
	$(CC) $(LINK_san) -o $@.new $^ $(CONF_LDLIBS) && $(WHOLE)

%.a:
	@rm -f $@.new
	$(AR) qcs $@.new $^ && $(WHOLE)

$(TOOLS:%=$(BUILD)/tools/%): $(BUILD)/tools/%: tests/tools/%.c
$(FAULT_BIN): $(BUILD)/fault/%: tests/fault/%.c tests/fault/mark.h
$(BUILD)/fault/report: tests/fault/try_limits.c tests/fault/report.h
$(BUILD)/tools/exploit-musl: tests/tools/exploit.c
$(BUILD)/tools/exploit-musl: TOOL_CC = $(MUSL_CC) $(TOOL_FLAGS) -idirafter /usr/include -idirafter /usr/include/$(MULTIARCH)
$(BUILD)/tools/liblate.so: tests/tools/late.c
$(BUILD)/tools/liblate.so: TOOL_AS := -DLIBRARY -shared -fPIC
$(BUILD)/tools/libnss_sbxtest.so.2: tests/tools/nss.c
$(BUILD)/tools/libnss_sbxtest.so.2: TOOL_AS := -shared -fPIC -Wl,-soname,libnss_sbxtest.so.2
# static and without a libc; in the two places of a dynamic program whose code runs before main
$(TOOLS_HOSTILE:%=$(BUILD)/tools/%): tests/tools/hostile.c
$(BUILD)/tools/hostile: TOOL_AS := $(HOSTILE) -ffreestanding -nostdlib -static
$(BUILD)/tools/hostile-%: TOOL_AS = $(HOSTILE) -no-pie -D$(shell echo $(@F:hostile-%=%) | tr a-z A-Z)
$(TOOL_BIN) $(FAULT_BIN): tests/tools/dangerous.h tests/tools/errname.h Makefile | $(BUILD)/.deps-build
	@mkdir -p $(@D)
	$(TOOL_CC) $(TOOL_AS) -o $@.new $(filter %.c,$^)
	@$(WHOLE)

unit: $(UNIT_BIN)
fuzz: $(FUZZ_BIN)
tools: $(TOOL_BIN)

test: all unit fuzz tools $(FAULT_BIN) $(BENCH_BIN) $(COMPLETION_FILES) $(BUILD)/.deps-$(NEEDS_test) ## run every test, as root and as a user when root
	@SBX_BUILD='$(abspath $(BUILD))' UNIT='$(UNIT)' FUZZ='$(FUZZ)' bash tests/run

# COUNT, SEED, CONFIGS, RUN and JOBS choose: tests/fault/run
fault: all $(FAULT_BIN) $(BUILD)/.deps-test ## let every system call of a run fail once, compare what the command can do then
	@SBX_BUILD='$(abspath $(BUILD))' bash tests/fault/run

# SEED, COUNT, FILES, SUITES, WHO and LIMIT choose: tests/mutate.py
mutate: all unit tools $(BUILD)/.deps-test ## make one fault at a time in the sources, list those that no test notices
	@nice python3 tests/mutate.py

# sbx-wrap is static and can't be instrumented: its sources are in the unit tests
asan: $(BUILD)/san/sbx-policy $(UNIT:%=$(BUILD)/san/unit/%) $(FUZZ_BIN) ## run unit tests, fuzzers and sbx-policy under sanitizers
	@bash tests/tools/instrumented $(BUILD)/san $^

coverage: $(UNIT:%=$(BUILD)/cov/unit/%) $(FUZZ:%=$(BUILD)/cov/fuzz/%) ## run unit tests and fuzzers, list what share of each file's lines ran
	@bash tests/tools/instrumented $(BUILD)/cov $^

test-tools-big: all tools $(BUILD)/.deps-test $(BUILD)/.deps-tools-big ## run the tests of the profiles whose tools are over 300 MB
	@SBX_BUILD='$(abspath $(BUILD))' UNIT= FUZZ= TESTS='tests/profiles/big/*.bats' bash tests/run

# Not in every copy of the tree
-include tests/vm/vm.mk bench/bench.mk conf/debian/debian.mk

lint: $(BUILD)/.deps-lint ## static checks, include rules, sizes, man pages
	@bash tests/lint/run

format: $(BUILD)/.deps-lint ## give the C files the form that lint asks for
	find shim loader conf tests bench -name '*.[ch]' -exec clang-format -i {} +

# As each program's own rules have it; the shim first, whose sources are the loader's as well
compile_commands.json: Makefile ## what clangd and other tools ask how a file is compiled
	@$(MAKE) --no-print-directory -nB $(BUILD)/libsbx-shim.so all tools unit $(FUZZ_BIN) $(FAULT_BIN) $(BENCH_BIN) | \
		awk -v dir='$(CURDIR)' -f tests/tools/compile_commands.awk >$@.new && $(WHOLE)

tour: all tools $(BUILD)/.deps-$(NEEDS_tour) ## the real job and every demonstration, with what each shows
	@SBX_BUILD='$(abspath $(BUILD))' bash tests/tour

# A compile check for the other architecture. sbx-policy is linked only where its libraries exist for it.
CROSS := aarch64-linux-gnu
cross: $(BUILD)/.deps-cross ## compile everything for aarch64
	$(MAKE) BUILD=$(BUILD)/aarch64 CC=$(CROSS)-gcc MUSL_CC=$(CROSS)-gcc CFLAGS='$(CFLAGS) -idirafter /usr/include' cross-objects

cross-objects: $(BUILD)/sbx-wrap $(BUILD)/libsbx-shim.so $(CONF_OBJ)

# ---- install -------------------------------------------------------------------------------------------------------

# Nothing is built or written in the tree where `all` was made before
SHARE = $(PREFIX)/share
CONF = $(DESTDIR)$(SYSCONFDIR)/sbx.conf
install: all ## install below PREFIX; an sbx.conf that is there is kept
	$(if $(findstring $(COLON),$(LIBDIR)),$(error LIBDIR, or PREFIX, must not contain a colon: LD_PRELOAD splits at it))
	install -d "$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(LIBDIR)/sbx/bin" "$(DESTDIR)$(SHARE)/sbx/profiles" \
		"$(DESTDIR)$(MANDIR)/man1" "$(DESTDIR)$(MANDIR)/man5"
	install -m 0755 $(BUILD)/sbx-wrap $(BUILD)/sbx-policy "$(DESTDIR)$(BINDIR)/"
	install -m 0644 $(BUILD)/libsbx-shim.so "$(DESTDIR)$(LIBDIR)/sbx/"
	install -m 0755 $(BUILD)/sbx-relay $$(ls $(BUILD)/sbx-scope 2>/dev/null) "$(DESTDIR)$(LIBDIR)/sbx/"
	install -m 0644 conf/profiles/*.conf "$(DESTDIR)$(SHARE)/sbx/profiles/"
	install -m 0644 $(BUILD)/share/sbx.conf "$(DESTDIR)$(SHARE)/sbx/"
	install -m 0644 loader/sbx-wrap.1 conf/sbx-policy.1 "$(DESTDIR)$(MANDIR)/man1/"
	install -m 0644 conf/sbx.conf.5 "$(DESTDIR)$(MANDIR)/man5/"
	sed 's|@BINDIR@|$(BINDIR)|' conf/sbx-wrap.apparmor | install -m 0644 /dev/stdin "$(DESTDIR)$(SHARE)/sbx/sbx-wrap.apparmor"
	for file in $(COMPLETIONS); do install -D -m 0644 $(BUILD)/share/$$file "$(DESTDIR)$(SHARE)/$$file" || exit; done
	@if test -e "$(CONF)"; then echo "install: $(CONF) is kept"; \
	elif install -D -m 0644 $(BUILD)/share/sbx.conf "$(CONF)" 2>/dev/null; then echo "install: $(CONF)"; \
	else echo "install: $(CONF) can't be written, and none is needed: the built-in policy is in force."; \
		echo "install: your own is read from ~/.config/sbx/sbx.conf; begin with a copy of $(SHARE)/sbx/sbx.conf"; fi

uninstall: ## remove what install put there, except sbx.conf
	rm -f "$(DESTDIR)$(BINDIR)/sbx-wrap" "$(DESTDIR)$(BINDIR)/sbx-policy" \
		"$(DESTDIR)$(MANDIR)/man1/sbx-wrap.1" "$(DESTDIR)$(MANDIR)/man1/sbx-policy.1" \
		"$(DESTDIR)$(MANDIR)/man5/sbx.conf.5" $(COMPLETIONS:%="$(DESTDIR)$(SHARE)/%")
	rm -rf "$(DESTDIR)$(LIBDIR)/sbx" "$(DESTDIR)$(SHARE)/sbx"

clean: ## remove the build directory
	rm -rf $(BUILD)

-include $(LOADER_OBJ:.o=.d) $(BUILD)/sbx-scope.d $(SHIM_OBJ:.o=.d) $(BENCH_OBJ:.o=.d) $(BENCH_FLOOR_OBJ:.o=.d) \
	$(foreach kind,$(KINDS),$(KINDS_SRC:%.c=$(BUILD)/$(kind)/%.d))
