// SPDX-License-Identifier: MIT
// For processors and tests without vectors. The pragma keeps the compiler from bringing them back.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-vectorize,no-tree-slp-vectorize")
#endif
#define ENL_SCALAR
#define ENL_KERNEL enl_kernel_scalar
#define ENL_CONVERT enl_convert_scalar
#include "render/kernel.inc.h"
