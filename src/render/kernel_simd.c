// SPDX-License-Identifier: MIT
#define ENL_KERNEL enl_kernel_simd
#include "render/kernel.inc.h"
