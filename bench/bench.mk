# The benchmark, for the Makefile to include: what it is made of, and how it is run.

# The benchmark: the harness (glibc), what it starts (static, like sbx-wrap), and what times system calls.
BENCH_SRC := bench/main.c bench/cache.c bench/candidates.c bench/cpuid.c bench/jobs.c bench/memory.c bench/report.c bench/run.c bench/scale.c \
	bench/series.c bench/startup.c bench/steady.c bench/throughput.c
BENCH_FLOOR_SRC := bench/floor.c bench/floor-fences.c bench/floor-root.c

BENCH_FILTERS := $(patsubst %,$(BUILD)/bench/%.bpf,inplace rooted reaper)
BENCH_OBJ := $(BENCH_SRC:%.c=$(BUILD)/harness/%.o)
BENCH_FLOOR_OBJ := $(BENCH_FLOOR_SRC:%.c=$(BUILD)/musl/%.o)
BENCH_BIN := $(BUILD)/bench/bench $(BUILD)/bench/floor $(BUILD)/bench/noop $(BUILD)/bench/probe

$(BUILD)/bench/probe: bench/probe.c shim/sys.h Makefile | $(BUILD)/.deps-build
	@mkdir -p $(@D)
	$(CC) $(TOOL_FLAGS) -o $@.new $<
	@$(WHOLE)

$(BUILD)/bench/mkfilter: bench/mkfilter.c $(BUILD)/glibc/shim/blob.o shim/blob.h Makefile | $(BUILD)/.deps-build
	@mkdir -p $(@D)
	$(CC) $(TOOL_FLAGS) -o $@.new $(filter %.c %.o,$^)
	@$(WHOLE)

# What the machine's and the user's files say isn't wanted in them
$(BUILD)/bench/inplace.bpf: COMPILE := --set namespaces=[]
$(BUILD)/bench/reaper.bpf: LAYER := reaper
$(BENCH_FILTERS): $(BUILD)/bench/mkfilter $(BUILD)/sbx-policy
	: >$@.conf
	$(BUILD)/sbx-policy compile --config $@.conf $(COMPILE) --blob-fd 1 | $< $(or $(LAYER),target) >$@.new && $(WHOLE)

$(BUILD)/musl/bench/floor-fences.o: $(BENCH_FILTERS)
$(BUILD)/musl/bench/floor-fences.o: ID := -DFLOOR_FILTERS='"$(BUILD)/bench"'

$(BUILD)/harness/%.o: %.c Makefile | $(BUILD)/.deps-build
	@mkdir -p $(@D)
	$(CC) $(BASE_FLAGS) $(DEP_FLAGS) $(CFLAGS) $(HARDEN) -fPIE -c -o $(NEW) $<
	@$(WHOLE_WITH_DEPS)

$(BUILD)/bench/bench: $(BENCH_OBJ)
	@mkdir -p $(@D)
	$(CC) -pie $(RELRO) -o $@.new $^ && $(WHOLE)

$(BUILD)/bench/floor: $(BENCH_FLOOR_OBJ)
$(BUILD)/bench/noop: $(BUILD)/musl/bench/noop.o
$(BUILD)/bench/floor $(BUILD)/bench/noop:
	@mkdir -p $(@D)
	$(MUSL_CC) $(LOADER_LINK) -o $@.new $^ && $(WHOLE)

# ROUNDS=5 is a smoke check; SECTIONS='startup memory' chooses
ROUNDS := 300
bench: all $(BENCH_BIN) $(BUILD)/.deps-bench ## measure start-up and more, beside the raw floor and bwrap, firejail and others
	@SBX_BUILD='$(abspath $(BUILD))' ROUNDS='$(ROUNDS)' bash bench/run $(SECTIONS)
