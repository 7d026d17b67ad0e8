// SPDX-License-Identifier: MIT
// For any processor, with the vectors that every one of its kind has.
#define ENL_KERNEL enl_kernel_simd
#define ENL_CONVERT enl_convert_simd
#include "render/kernel.inc.h"

#ifdef ENL_HAVE_AVX2
enl_kernel *enl_kernel_choose(void) {
    return __builtin_cpu_supports("avx2") ? enl_kernel_avx2 : enl_kernel_simd;
}
enl_convert *enl_convert_choose(void) {
    return __builtin_cpu_supports("avx2") ? enl_convert_avx2 : enl_convert_simd;
}
#else
enl_kernel *enl_kernel_choose(void) {
    return enl_kernel_simd;
}
enl_convert *enl_convert_choose(void) {
    return enl_convert_simd;
}
#endif
