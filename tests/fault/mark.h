/*
 * mark.h -- how the target of a fault injection says that its main has begun: getuid(2), with this as its argument.
 */
#ifndef SBX_TESTS_FAULT_MARK_H
#define SBX_TESTS_FAULT_MARK_H

#define MARK 0x5bad5bad5badUL

#endif
