// SPDX-License-Identifier: MIT
// For x86-64 processors since 2013; built with -mavx2, and asked for only where the processor has it.
#define ENL_AVX2
#define ENL_KERNEL enl_kernel_avx2
#define ENL_CONVERT enl_convert_avx2
#include "render/kernel.inc.h"
