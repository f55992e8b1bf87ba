# SPDX-License-Identifier: MIT
# sbx-relay, the two halves of the network by name; included by the Makefile.

RELAY_SRC := $(addprefix loader/net/,address_scope.c client_hello.c connection.c connector.c flow.c name_answer.c pump.c pump_network.c \
	relay_fence.c relay_reply.c sbx-relay.c) shim/host_entry.c
.DEFAULT_GOAL := all
LIBRELAY_SRC := $(filter-out loader/net/sbx-relay.c,$(RELAY_SRC))
RELAY_OBJ := $(RELAY_SRC:%.c=$(BUILD)/glibc/%.o)
RELAY_LIBS := libevent_core
RELAY_LDLIBS = $(shell $(PKG_CONFIG) --libs $(RELAY_LIBS)) -lresolv -pthread

$(BUILD)/sbx-relay: $(RELAY_OBJ)
	$(CC) $(LINK_glibc) -o $@.new $^ $(RELAY_LDLIBS) && $(WHOLE)
