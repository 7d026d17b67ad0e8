// SPDX-License-Identifier: MIT
#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define MAX_THREADS 64

struct enl_pool {
    int threads; // the caller among them
    pthread_t handles[MAX_THREADS];
    int started;
    pthread_mutex_t lock;
    pthread_cond_t begin, end;
    unsigned round; // counts the loops, so that a worker knows a new one from the old
    int busy;
    bool stop;
    void (*work)(void *context, int index);
    void *context;
    int count;
    atomic_int next;
};

static void take_items(struct enl_pool *pool) {
    for (int i; (i = atomic_fetch_add(&pool->next, 1)) < pool->count;) pool->work(pool->context, i);
}

static void *worker(void *argument) {
    struct enl_pool *pool = argument;
    unsigned seen = 0;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->round == seen && !pool->stop) pthread_cond_wait(&pool->begin, &pool->lock);
        if (pool->stop) break;
        seen = pool->round;
        pthread_mutex_unlock(&pool->lock);
        take_items(pool);
        pthread_mutex_lock(&pool->lock);
        if (--pool->busy == 0) pthread_cond_signal(&pool->end);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct enl_pool *enl_pool_new(int threads, struct enl_error *error) {
    struct enl_pool *pool = enl_alloc(1, sizeof *pool, error);
    if (!pool) return NULL;
    if (threads < 1) threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    pool->threads = enl_clampi(threads, 1, MAX_THREADS);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->begin, NULL);
    pthread_cond_init(&pool->end, NULL);
    for (int i = 1; i < pool->threads; i++, pool->started++)
        if (pthread_create(&pool->handles[pool->started], NULL, worker, pool) != 0) break; // fewer do the work as well
    pool->threads = pool->started + 1;
    return pool;
}

void enl_pool_free(struct enl_pool **pool_pointer) {
    struct enl_pool *pool = pool_pointer ? *pool_pointer : NULL;
    if (!pool) return;
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->begin);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->started; i++) pthread_join(pool->handles[i], NULL);
    pthread_cond_destroy(&pool->begin);
    pthread_cond_destroy(&pool->end);
    pthread_mutex_destroy(&pool->lock);
    enl_release(pool);
    *pool_pointer = NULL;
}

int enl_pool_threads(const struct enl_pool *pool) { return pool->threads; }

void enl_pool_run(struct enl_pool *pool, void (*work)(void *, int), void *context, int count) {
    pthread_mutex_lock(&pool->lock);
    pool->work = work;
    pool->context = context;
    pool->count = count;
    atomic_store(&pool->next, 0);
    pool->busy = pool->started;
    pool->round++;
    pthread_cond_broadcast(&pool->begin);
    pthread_mutex_unlock(&pool->lock);
    take_items(pool);
    pthread_mutex_lock(&pool->lock);
    while (pool->busy) pthread_cond_wait(&pool->end, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}
