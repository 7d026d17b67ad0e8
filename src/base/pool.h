// SPDX-License-Identifier: MIT
// A few threads that share out the items of a loop.
#ifndef ENL_POOL_H
#define ENL_POOL_H

#include "base/base.h"

struct enl_pool;

// `threads` workers in all, the caller among them; 0: one a core. NULL with `error` filled on failure.
struct enl_pool *enl_pool_new(int threads, struct enl_error *error);
void enl_pool_free(struct enl_pool **pool); // sets NULL; NULL is legal
int enl_pool_threads(const struct enl_pool *pool);

// Calls work(context, 0) ... work(context, count - 1), each once, in any order and on any thread; returns when all are
// done. Not to be called from two threads, nor from within `work`.
void enl_pool_run(struct enl_pool *pool, void (*work)(void *context, int index), void *context, int count);

#endif
